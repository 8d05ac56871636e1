using System.Globalization;

namespace Dashtam.Jobs.Tests.Support;

/// <summary>Settings of real processes on a test's queue.</summary>
internal static class WorkerSettings
{
    /// <summary>A cron of no instant in these tests' time.</summary>
    public const string Never = "0 0 12 1 1 ? 2098";

    /// <summary>A database that nobody asks: <c>run_canary</c> needs none.</summary>
    private const string NoDatabase = "postgresql://nobody:nothing@127.0.0.1:1/nothing";

    public static (string Name, string Value)[] On(
        TestQueue queue, string? redis = null, string? database = null, params (string Name, string Value)[] more) =>
    [
        ("REDIS_URL", redis ?? queue.Server),
        ("DATABASE_URL", database ?? NoDatabase),
        ("JOBS_QUEUE_NAME", queue.Options.Name),
        ("JOB_RESULT_PREFIX", queue.Options.ResultPrefix),
        ("JOBS_CANARY_HARMFUL", "true"),
        .. more,
    ];

    public static (string Name, string Value) Concurrency(int count) =>
        ("WORKER_CONCURRENCY", count.ToString(CultureInfo.InvariantCulture));
}
