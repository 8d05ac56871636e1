using Dashtam.Jobs.Core.Queue.Leases;
using StackExchange.Redis;

namespace Dashtam.Jobs.Tests.Support.Fakes;

/// <summary>A registry in memory whose answers a test decides.</summary>
internal sealed class FakeWorkerRegistry : IWorkerRegistry
{
    public List<string> Registered { get; } = [];

    public List<string> Recovered { get; } = [];

    public List<string> Departed { get; } = [];

    /// <summary>Workers that look dead.</summary>
    public List<string> Orphaned { get; } = [];

    /// <summary>A worker whose jobs Redis refuses to move.</summary>
    public string? Refused { get; set; }

    /// <summary>Who judged last.</summary>
    public string? Judge { get; private set; }

    /// <summary>How often dead workers were looked for.</summary>
    public int Looks { get; private set; }

    /// <summary>What a registration waits for before Redis knows it.</summary>
    public Task Registering { get; set; } = Task.CompletedTask;

    public async Task RegisterAsync(
        string worker, string? lostName, IReadOnlyDictionary<string, string> about, CancellationToken cancellationToken)
    {
        await Registering.WaitAsync(cancellationToken);
        Registered.Add(worker);
    }

    public Task<IReadOnlyList<string>> FindOrphanedAsync(CancellationToken cancellationToken)
    {
        Looks++;
        return Task.FromResult<IReadOnlyList<string>>([.. Orphaned]);
    }

    public Task<RecoveredJobs?> RecoverAsync(string deadWorker, string? judge, CancellationToken cancellationToken)
    {
        Judge = judge;
        if (deadWorker == Refused)
        {
            throw new RedisServerException(RedisErrorKind.WrongType, CommandFlags.None, "WRONGTYPE the key holds a string, not a list");
        }

        Recovered.Add(deadWorker);
        Orphaned.Remove(deadWorker);
        return Task.FromResult<RecoveredJobs?>(new RecoveredJobs(1, 0));
    }

    public Task DepartAsync(string worker, CancellationToken cancellationToken)
    {
        Departed.Add(worker);
        return Task.CompletedTask;
    }
}
