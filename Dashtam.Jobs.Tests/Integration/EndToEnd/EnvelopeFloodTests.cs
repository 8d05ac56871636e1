using System.Globalization;
using System.Text;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.Leases;
using Dashtam.Jobs.Tests.Support;
using Dashtam.Jobs.Tests.Unit.Core.Wire;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Integration.EndToEnd;

/// <summary>
/// A real worker is sent messages that nobody should send: <c>FUZZ_ENVELOPES</c> of them, 20,000 by default.
/// </summary>
[Category("Integration")]
[CancelAfter(900_000)]
internal sealed class EnvelopeFloodTests
{
    private const int Seed = 20261124;
    private const int AtOnce = 1_000;
    private const int LargestEnvelope = 65_536;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);
    private static readonly int Envelopes = int.Parse(
        Environment.GetEnvironmentVariable("FUZZ_ENVELOPES") is { Length: > 0 } count ? count : "20000", CultureInfo.InvariantCulture);

    private TestQueue _queue = null!;
    private OwnRedis _redis = null!;

    [SetUp]
    public async Task SetUp()
    {
        _redis = await TestServices.StartOwnRedisAsync();
        _queue = await TestQueue.CreateOnAsync(_redis.ConnectionString, new QueueOptions
        {
            MaxEnvelopeBytes = LargestEnvelope,
            DeadMaxEntries = 1_000_000,
            DeadMaxBytes = 1L << 34,
            ParkedMax = 1_000_000,
        });
    }

    [TearDown]
    public ValueTask TearDown() => Disposal.DisposeAllAsync(_queue, _redis);

    [Test]
    public async Task The_worker_lives_through_mutated_envelopes_and_every_one_of_them_is_accounted_for()
    {
        await using var process = StartWorker();
        await process.UntilReadyAsync();
        var worker = (string)(await _queue.Queue.SortedSetRangeByRankAsync(_queue.Keys.Workers)).Single()!;

        await FloodAsync(worker);
        await process.UntilAsync(async () => (await BalancedAsync(worker, Envelopes)).IsAtRest, "nothing is due", Patience);
        var books = await BalancedAsync(worker, Envelopes);
        var reasons = await DeadLettersByReasonAsync();
        await TestContext.Out.WriteLineAsync($"{books}; dead letters: {string.Join(", ", reasons)}");

        Assert.That(
            reasons.Keys, Is.EquivalentTo(new[] { "malformed", "too_large", "failed" }), "the mutations must reach every end");
        Assert.That(new[] { books.Ended, books.Parked, reasons["failed"] }, Is.All.GreaterThan(Envelopes / 200));
        Assert.That(books.Delayed, Is.LessThan(Envelopes / 20), "only what a label has put off");
        await AssertItStillWorksAsync(process);
        Assert.That((await new FsckBench(_queue, new LeaseOptions()).RunAsync()).Counts, Is.Empty);
    }

    private ServiceProcess StartWorker() => ServiceProcess.Worker(WorkerSettings.On(
        _queue, _redis.ConnectionString, more:
        [
            WorkerSettings.Concurrency(100),
            ("JOBS_MAX_ENVELOPE_BYTES", Text(_queue.Options.MaxEnvelopeBytes)),
            ("JOBS_DEAD_MAX_ENTRIES", Text(_queue.Options.DeadMaxEntries)),
            ("JOBS_DEAD_MAX_BYTES", Text(_queue.Options.DeadMaxBytes)),
            ("JOBS_PARKED_MAX", Text(_queue.Options.ParkedMax)),
            ("JOBS_RETRY_BASE_SECONDS", "0.01"),
            ("LOG_LEVEL", "ERROR"),
        ]));

    private async Task FloodAsync(string worker)
    {
        var mutator = new EnvelopeMutator([.. WireFixtures.Messages.Select(WireFixtures.Bytes), .. Canaries()], Seed);
        for (var pushed = 0; pushed < Envelopes;)
        {
            var chunk = Enumerable.Range(0, Math.Min(AtOnce, Envelopes - pushed)).Select(_ => mutator.Next()).ToArray();
            await _queue.PushAsync(chunk);
            pushed += chunk.Length;
            await BalancedAsync(worker, pushed);
        }
    }

    /// <summary>Jobs that this worker knows, so that mutants of them run. None sleeps.</summary>
    private static IEnumerable<byte[]> Canaries() => Enumerable.Range(0, 10).Select(number => Encoding.UTF8.GetBytes(
        $$$"""{"task_id": "canary-{{{number}}}", "task_name": "run_canary", "labels": {"max_retries": "3"}, "labels_types": {"max_retries": 2}, "args": [], "kwargs": {"fail_attempts": {{{number % 3}}}, "echo": [1.0, "é", null]}}"""));

    private async Task<QueueBooks> BalancedAsync(string worker, int pushed)
    {
        var books = await QueueBooks.ReadAsync(_queue, worker);
        Assert.That(books.Total, Is.EqualTo(pushed), books.ToString());
        return books;
    }

    private async Task<Dictionary<string, long>> DeadLettersByReasonAsync()
    {
        var reasons = new Dictionary<string, long>(StringComparer.Ordinal);
        await foreach (var entry in _queue.Queue.HashScanAsync(_queue.Keys.DeadEntries, pageSize: 1_000))
        {
            var info = ((byte[])entry.Value!).AsSpan();
            var reason = Encoding.UTF8.GetString(info[..info.IndexOf((byte)'\n')]).Split('"')[3];
            reasons[reason] = reasons.GetValueOrDefault(reason) + 1;
        }

        return reasons;
    }

    private async Task AssertItStillWorksAsync(ServiceProcess process)
    {
        await _queue.PushAsync(Canary.Envelope("after the flood"));
        var key = _queue.Keys.Result("after the flood");
        await process.UntilAsync(() => _queue.Queue.KeyExistsAsync(key), "a result");

        Assert.That((string?)await _queue.Queue.StringGetAsync(key), Does.Contain($"-{process.Id}-"), "by the same process");
        Assert.That(await process.ReadinessAsync(), Is.EqualTo(200));
        Assert.That(process.Count("delivery_failed"), Is.Zero, "no envelope is a defect of the service");
        Assert.That(process.Lines.Where(line => !line.StartsWith('{')), Is.Empty, "every line of its log is JSON");
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
