using System.Diagnostics;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Integration.EndToEnd;

/// <summary>examples/csharp as it stands, beside a real worker.</summary>
[Category("Integration")]
[CancelAfter(60_000)]
internal sealed class CSharpProducerTests
{
    private TestQueue _queue = null!; // made by SetUp

    [SetUp]
    public async Task SetUp() => _queue = await TestQueue.CreateAsync();

    [TearDown]
    public ValueTask TearDown() => _queue.DisposeAsync();

    [Test]
    public async Task The_example_prints_what_its_job_returned()
    {
        await using var worker = ServiceProcess.Worker(WorkerSettings.On(_queue));
        await worker.UntilReadyAsync();

        var (exitCode, output) = await RunAsync();

        // On a busy machine a line may come first that says that Redis is still being connected to.
        Assert.That((exitCode, output.Trim().Split('\n')[^1]), Is.EqualTo((0, "hello from C#")), output);
    }

    /// <summary>The exit code, and what was printed to either output.</summary>
    private async Task<(int ExitCode, string Output)> RunAsync()
    {
        // What it takes from a package lies in the tests' folder only as a part of the worker's framework.
        string[] command =
        [
            "dotnet", "exec", "--depsfile", "Dashtam.Jobs.Worker.deps.json", "--runtimeconfig", "Dashtam.Jobs.Worker.runtimeconfig.json",
            "EnqueueAndWait.dll",
        ];
        var start = new ProcessStartInfo("bash", ["-c", "exec \"$@\" 2>&1", "bash", .. command])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
            WorkingDirectory = AppContext.BaseDirectory,
        };
        start.Environment["REDIS_URL"] = $"redis://{_queue.Server}";
        start.Environment["JOBS_QUEUE_NAME"] = _queue.Options.Name;
        start.Environment["JOB_RESULT_PREFIX"] = _queue.Options.ResultPrefix;
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(50));
        using var example = Process.Start(start)!;
        var output = await example.StandardOutput.ReadToEndAsync(deadline.Token);
        await example.WaitForExitAsync(deadline.Token);
        return (example.ExitCode, output);
    }
}
