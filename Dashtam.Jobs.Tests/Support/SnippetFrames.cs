namespace Dashtam.Jobs.Tests.Support;

/// <summary>What surrounds a block of C# that is no whole file, by the name that its tag gives.</summary>
internal static class SnippetFrames
{
    /// <summary>Where the block goes.</summary>
    private const string Place = "//BLOCK";

    /// <summary>The file that a block becomes: its usings first, then the frame with the rest of it.</summary>
    public static string Around(string block, string frame)
    {
        var lines = block.Split('\n');
        var usings = lines.TakeWhile(line => line.Length == 0 || line.StartsWith("using ", StringComparison.Ordinal)).ToArray();
        var rest = $"#line {usings.Length + 1}\n{string.Join('\n', lines[usings.Length..])}";
        return $"#line 1\n{string.Join('\n', usings)}\n{frame.Replace(Place, rest, StringComparison.Ordinal)}";
    }

    public static readonly IReadOnlyDictionary<string, string> All = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        // A program that references Dashtam.Jobs.Core and sees what is public.
        ["producer"] = """
            using Dashtam.Jobs.Core.Hosting;
            using Dashtam.Jobs.Core.Queue;
            using Dashtam.Jobs.Core.Queue.Producing;
            using Dashtam.Jobs.Core.Wire;
            using Microsoft.Extensions.DependencyInjection;

            internal sealed class Program
            {
                public static async Task RunAsync(
                    IServiceCollection services, IJobProducer producer, IReadOnlyList<JobEnvelope> envelopes, Guid connectionId, CancellationToken cancellationToken)
                {
            //BLOCK
                }
            }
            """,

        // The same program, which waits for a result.
        ["results"] = """
            using Dashtam.Jobs.Core.Queue.Results;
            using Dashtam.Jobs.Core.Wire;

            internal sealed class Program
            {
                public static async Task RunAsync(IJobResults results, JobEnvelope envelope, CancellationToken cancellationToken)
                {
            //BLOCK
                }
            }
            """,

        // The attributes of a job.
        ["attribute"] = """
            using Dashtam.Jobs.Core.Execution;

            namespace Dashtam.Jobs.Core.Tasks.Documented;

            //BLOCK
            internal sealed class Documented : IJobHandler
            {
                public Task<JobSummary> RunAsync(JobContext job, CancellationToken cancellationToken) => throw new NotSupportedException();
            }
            """,

        // A class of tests.
        ["tests"] = """
            using Dashtam.Jobs.Core.Execution;
            using Dashtam.Jobs.Core.Tasks;
            using Dashtam.Jobs.Core.Tasks.Sessions;
            using Dashtam.Jobs.Tests.Support;
            using Dashtam.Jobs.Tests.Support.Fakes;
            using Microsoft.Extensions.Logging.Abstractions;
            using Microsoft.Extensions.Options;
            using Microsoft.Extensions.Time.Testing;
            using NUnit.Framework;

            namespace Dashtam.Jobs.Tests.Documented;

            //BLOCK
            """,

        // The body of a test of calls to dashtam-api.
        ["calls"] = """
            using Dashtam.Jobs.Tests.Support.Fakes;
            using NUnit.Framework;

            namespace Dashtam.Jobs.Tests.Documented;

            internal sealed class CallTests
            {
                private readonly FakeApiServer _server = new();

                public void Test()
                {
            //BLOCK
                }
            }
            """,

        // The body of a job.
        ["job"] = """
            using System.Data.Common;
            using Dapper;
            using Dashtam.Jobs.Core.Execution;
            using Dashtam.Jobs.Core.Queue.Fencing;

            namespace Dashtam.Jobs.Core.Tasks.Documented;

            internal sealed class Documented(DbConnection connection, string sql, decimal balance, DateTimeOffset taken_at, Guid account_id)
            {
                public async Task RunAsync(JobContext job, CancellationToken cancellationToken)
                {
            //BLOCK
                }
            }
            """,
    };
}
