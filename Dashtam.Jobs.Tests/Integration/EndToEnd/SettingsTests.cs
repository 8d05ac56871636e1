using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Integration.EndToEnd;

/// <summary>Bad settings end the process with the variable's name, and without a secret.</summary>
[Category("Integration")]
[CancelAfter(60_000)]
[Parallelizable(ParallelScope.All)] // each waits for a process
internal sealed class SettingsTests
{
    private const string Redis = "redis://user:s3cret@127.0.0.1:1/0";
    private const string Database = "postgresql://user:s3cret@127.0.0.1:1/db";

    [TestCase("WORKER_CONCURRENCY", "abc")]
    [TestCase("WORKER_CONCURRENCY", "0")]
    [TestCase("WORKER_LEASE_SECONDS", "1")]
    [TestCase("JOBS_QUEUE_NAME", "a{b}")]
    [TestCase("REDIS_URL", "")]
    [TestCase("REDIS_URL", "http://user:s3cret@host")]
    [TestCase("DATABASE_URL", "")]
    [TestCase("DATABASE_URL", "mysql://user:s3cret@host/db")]
    [TestCase("LOG_LEVEL", "LOUD")]
    [TestCase("JOBS_HTTP_PORT", "eighty")]
    [TestCase("JOB_RESULT_BARE_KEY", "pickle")]
    [TestCase("TOKEN_EXPIRY_THRESHOLD_HOURS", "-1")]
    public async Task A_worker_does_not_start_with(string setting, string value)
    {
        await using var worker = ServiceProcess.Worker(
            ("REDIS_URL", Redis), ("DATABASE_URL", Database), (setting, value));

        await AssertRefusedAsync(worker, setting);
    }

    [TestCase("TOKEN_CHECK_CRON", "nonsense")]
    [TestCase("TOKEN_CHECK_CRON", "99 * * * *")]
    [TestCase("SESSION_CHECK_CRON", "* * * *")]
    [TestCase("DATABASE_URL", "")]
    public async Task A_scheduler_does_not_start_with(string setting, string value)
    {
        await using var scheduler = ServiceProcess.Scheduler(
            ("REDIS_URL", Redis), ("DATABASE_URL", Database), (setting, value));

        await AssertRefusedAsync(scheduler, setting);
    }

    private static async Task AssertRefusedAsync(ServiceProcess process, string setting)
    {
        var exitCode = await process.ExitAsync(within: TimeSpan.FromSeconds(40)); // at once, but for a busy machine
        await process.UntilAsync(() => Task.FromResult(process.Lines.Count > 0), "a line that says why");

        var log = string.Join('\n', process.Lines);
        Assert.That(exitCode, Is.Not.Zero);
        Assert.That(log, Does.Contain(setting).And.Contain("allowed").Or.Contain("required"));
        Assert.That(log, Does.Contain(setting));
        Assert.That(log, Does.Not.Contain("s3cret"));
    }
}
