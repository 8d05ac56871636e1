using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Queue.Fsck.Checks;
using Dashtam.Jobs.Core.Queue.Leases;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Queue.Fsck;

/// <summary>The check of a queue in Redis.</summary>
/// <remarks>
/// It reads in pages and with <c>SCAN</c>, so no command blocks Redis. Jobs move while it looks: a finding is something that
/// was seen twice, a pause apart, and a repair checks once more inside its script.
/// </remarks>
internal sealed class QueueFsck(
    IRedisConnections connections,
    QueueKeys keys,
    IWorkerRegistry registry,
    IOptions<QueueOptions> queue,
    IOptions<LeaseOptions> lease,
    TimeProvider time) : IQueueFsck
{
    /// <summary>Candidates that wait for their second look at most: memory is bounded, whatever is wrong.</summary>
    private const int CandidatesAtOnce = 1_000;

    /// <summary>In the order in which they run.</summary>
    private static readonly IFsckCheck[] Checks =
    [
        new KeyspaceCheck(), new ResultCheck(), new WorkerCheck(), new DepartedCheck(), new OrphanListCheck(),
        new ScheduleMarkCheck(),
        new SuspectCheck(), new DeadIndexCheck(), new DeadBytesCheck(),
        new SequenceCheck(isRepeat: false), // before anything becomes a dead letter: its number must be new
        new DelayedCheck(), new ParkedCheck(),
        new ParkedBytesCheck(), // after that: what it buries is counted no more
        new SequenceCheck(isRepeat: true), // again, for the numbers of delayed and parked jobs
    ];

    public async Task<FsckReport> RunAsync(
        FsckOptions options, IProgress<FsckProgress>? progress, CancellationToken cancellationToken)
    {
        var begun = time.GetTimestamp();
        var scope = await FsckScope.OpenAsync(
            new FsckTools(connections.Queue, keys, registry, queue.Value, lease.Value), options, time, cancellationToken);
        var findings = new FindingLog(options.NamedPerKind);
        for (var i = 0; i < Checks.Length; i++)
        {
            var check = Checks[i];
            scope.Begin(fraction => progress?.Report(new(check.Subject, Done: i, Checks.Length, fraction, scope.Examined)));
            await RunAsync(check, scope, findings, cancellationToken);
        }

        progress?.Report(new("done", Checks.Length, Checks.Length, Fraction: 0, scope.Examined));
        return new FsckReport(
            keys.QueueName, findings.Counts(), findings.Named(), scope.Examined, time.GetElapsedTime(begun));
    }

    private async Task RunAsync(IFsckCheck check, FsckScope scope, FindingLog findings, CancellationToken cancellationToken)
    {
        var candidates = new List<Candidate>();
        await foreach (var candidate in check.FindAsync(scope, cancellationToken))
        {
            candidates.Add(candidate);
            if (candidates.Count == CandidatesAtOnce)
            {
                await SettleAsync(candidates, scope.Options, findings, cancellationToken);
                candidates.Clear();
            }
        }

        await SettleAsync(candidates, scope.Options, findings, cancellationToken);
    }

    private async Task SettleAsync(
        List<Candidate> candidates, FsckOptions options, FindingLog findings, CancellationToken cancellationToken)
    {
        if (candidates.Count == 0)
        {
            return;
        }

        await Task.Delay(options.SecondLook, time, cancellationToken);

        // A scan may name an entry twice while its key grows.
        foreach (var candidate in candidates.DistinctBy(one => (one.Kind, one.Key, one.Detail)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (await candidate.StillThere())
            {
                findings.Add(await FindingAsync(candidate, options.Repair));
            }
        }
    }

    private static async Task<Finding> FindingAsync(Candidate candidate, bool mayRepair)
    {
        var key = $"{candidate.Key}";
        if (!mayRepair || candidate.Repair is not { } repair)
        {
            return new Finding(candidate.Kind, key, candidate.Detail, Repaired: false);
        }

        try
        {
            return new Finding(candidate.Kind, key, candidate.Detail, await repair());
        }
        catch (RedisServerException error)
        {
            // A full Redis, or a user who may not write: the other findings are worth knowing all the same.
            return new Finding(candidate.Kind, key, $"{candidate.Detail}; repair refused: {error.Message}", Repaired: false);
        }
    }
}
