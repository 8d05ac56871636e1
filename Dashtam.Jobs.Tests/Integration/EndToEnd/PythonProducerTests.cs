using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Dashtam.Jobs.Tests.Support;
using Dashtam.Jobs.Tests.Unit.Core.Wire;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Integration.EndToEnd;

/// <summary>examples/python/producer.py beside a real worker: itself where Python and TaskIQ are, else the message that it pushes.</summary>
[Category("Integration")]
[CancelAfter(120_000)]
internal sealed class PythonProducerTests
{
    private const string Said = "hello from Python";

    private static readonly string Example = Path.Combine(Sources.Root, "examples", "python", "producer.py");

    private TestQueue _queue = null!;

    [SetUp]
    public async Task SetUp() => _queue = await TestQueue.CreateAsync();

    [TearDown]
    public ValueTask TearDown() => _queue.DisposeAsync();

    [Test]
    public async Task The_example_s_message_as_TaskIQ_writes_it_is_run_and_answered()
    {
        var source = await File.ReadAllTextAsync(Example);
        Assert.That(source, Does.Contain("task_name=\"run_canary\"").And.Contain($"kiq(echo=\"{Said}\")"));
        var message = WireFixtures.Text("message-simple.json")
            .Replace("check_expiring_tokens", "run_canary", StringComparison.Ordinal)
            .Replace("\"kwargs\": {}", $"\"kwargs\": {{\"echo\": \"{Said}\"}}", StringComparison.Ordinal);
        await using var worker = await StartWorkerAsync();

        await _queue.PushAsync(Encoding.UTF8.GetBytes(message));

        var key = _queue.Keys.Result(WireFixtures.Message("message-simple.json").TaskId);
        await worker.UntilAsync(() => _queue.Queue.KeyExistsAsync(key), "the result is there");
        var result = JsonElement.Parse((string)(await _queue.Queue.StringGetAsync(key))!);
        Assert.That(result.GetProperty("return_value").GetProperty("echo").GetString(), Is.EqualTo(Said));
    }

    [Test]
    public async Task The_example_prints_what_its_job_returned()
    {
        if (await RunAsync("-c", "import taskiq, taskiq_redis") is not (0, _))
        {
            Assert.Ignore(
                "PYTHON WITH taskiq AND taskiq_redis IS NOT HERE: examples/python/producer.py was NOT run. Captured messages stand for it in "
                + nameof(The_example_s_message_as_TaskIQ_writes_it_is_run_and_answered));
        }

        await using var worker = await StartWorkerAsync();

        var (exitCode, output) = await RunAsync(Example);

        Assert.That((exitCode, output.Trim()), Is.EqualTo((0, Said)));
    }

    private async Task<ServiceProcess> StartWorkerAsync()
    {
        var worker = ServiceProcess.Worker(WorkerSettings.On(_queue));
        await worker.UntilReadyAsync();
        return worker;
    }

    /// <summary>Python's exit code and what it printed; 127 when there is none.</summary>
    private async Task<(int ExitCode, string Output)> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("bash", ["-c", "exec python3 \"$@\" 2>&1", "bash", .. arguments])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        start.Environment["REDIS_URL"] = $"redis://{_queue.Server}/0";
        start.Environment["JOBS_QUEUE_NAME"] = _queue.Options.Name;
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var python = Process.Start(start)!;
        var output = await python.StandardOutput.ReadToEndAsync(deadline.Token);
        await python.WaitForExitAsync(deadline.Token);
        return (python.ExitCode, output);
    }
}
