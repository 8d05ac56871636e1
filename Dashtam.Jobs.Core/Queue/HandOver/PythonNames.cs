using System.Reflection;
using Dashtam.Jobs.Core.Execution;
using Dashtam.Jobs.Core.Execution.Catalog;

namespace Dashtam.Jobs.Core.Queue.HandOver;

/// <summary>What a Python worker makes of a message of some name.</summary>
internal enum PythonView
{
    /// <summary>It has a function of this name.</summary>
    Runs,

    /// <summary>It has none: it drops the message, and nobody is answered.</summary>
    Drops,

    /// <summary>No job here has the name: whether Python has a function for it, only Python can tell.</summary>
    Unknown,
}

/// <summary>Which names the Python service knows, as far as the jobs declare it.</summary>
internal sealed class PythonNames
{
    private readonly HashSet<string> _python = new(StringComparer.Ordinal);
    private readonly HashSet<string> _own = new(StringComparer.Ordinal);

    public PythonNames(IEnumerable<JobAttribute> jobs)
    {
        foreach (var job in jobs)
        {
            _own.Add(job.Name);
            if (job.PythonName is { } name)
            {
                _python.Add(name);
            }
        }
    }

    /// <summary>Of all jobs of this service, also of those that its settings do not offer.</summary>
    public static PythonNames OfThisService { get; } = new(
        typeof(JobCatalog).Assembly.GetTypes().Select(type => type.GetCustomAttribute<JobAttribute>()).OfType<JobAttribute>());

    public PythonView Of(string taskName) => _python.Contains(taskName) ? PythonView.Runs
        : _own.Contains(JobCatalog.FunctionIn(taskName)) ? PythonView.Drops
        : PythonView.Unknown;
}
