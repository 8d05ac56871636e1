using System.Globalization;
using Dashtam.Jobs.Bench.Lab;
using Dashtam.Jobs.Bench.Results;
using Dashtam.Jobs.Bench.Workloads;
using Spectre.Console;

namespace Dashtam.Jobs.Bench;

/// <summary>A session: all workloads, each with all peers in turn, round after round.</summary>
internal sealed class BenchRun(BenchOptions options, IAnsiConsole console) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dashtam-jobs-bench-").FullName;
    private readonly List<RunResult> _results = [];
    private readonly HashSet<(string Workload, string Peer)> _leftOut = [];

    /// <returns>0 when everything that could run came to its end.</returns>
    public async Task<int> RunAsync()
    {
        var workloads = Choose(Workload.All, workload => workload.Name, options.Workloads, "workload");
        var all = Peer.All(Path.GetFullPath(options.PeersFolder));
        IReadOnlyList<Peer> peers = options.Against is { } folder ? [Peer.OfThisProgram(Peer.OursName), Peer.Before(folder)]
            : options.Smoke && options.Peers.Count == 0
            ? [.. all.Where(peer => peer.IsOurs || peer.IsCeiling)] // no others are installed for that
            : await PeerSetup.ReadyAsync(Choose(all, peer => peer.Name, options.Peers, "peer"), console);
        Directory.CreateDirectory(options.ResultsFolder);
        var kind = options.Smoke ? "smoke" : "bench";
        var file = Path.Combine(options.ResultsFolder, string.Create(
            CultureInfo.InvariantCulture, $"{kind}-{DateTime.UtcNow:yyyyMMdd-HHmmss}.jsonl"));

        await using var redis = await RedisServer.StartAsync(options.RedisServer, _folder);
        var machine = Machine.Here(redis.Version);
        console.WriteLine(machine.Text);
        var plan = Plan(workloads, peers);
        await Progress.ShowAsync(console, plan.Count, async step =>
        {
            foreach (var (workload, round, peer) in plan)
            {
                step($"{workload.Name} {peer.Name}, round {round} of {options.Rounds}");
                await RunOnceAsync(workload, peer, round, redis, machine, file);
            }
        });

        ResultTable.Print(console, Comparison.Of(_results));
        console.WriteLine(options.Smoke
            ? $"runs this small measure nothing; they are in {file}"
            : $"results: {file}");
        return Failures();
    }

    public void Dispose()
    {
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    /// <summary>Those that were asked for, in their own order.</summary>
    /// <exception cref="BenchException">One of them does not exist.</exception>
    internal static IReadOnlyList<T> Choose<T>(
        IReadOnlyList<T> all, Func<T, string> name, IReadOnlyList<string> wanted, string what)
    {
        if (wanted.Count == 0)
        {
            return all;
        }

        var unknown = wanted.Except(all.Select(name), StringComparer.Ordinal).ToArray();
        return unknown.Length == 0
            ? [.. all.Where(item => wanted.Contains(name(item), StringComparer.Ordinal))]
            : throw new BenchException(
                $"There is no {what} {string.Join(", ", unknown)}; there are {string.Join(", ", all.Select(name))}.");
    }

    private List<(Workload Workload, int Round, Peer Peer)> Plan(
        IReadOnlyList<Workload> workloads, IReadOnlyList<Peer> peers) =>
    [
        .. from workload in workloads
           from round in Enumerable.Range(1, options.Rounds)
           from peer in round % 2 == 1 ? peers : peers.Reverse() // so that none always runs on what the one before left warm
           where workload.Includes(peer) && !(options.Smoke && peer.IsCeiling && workload != workloads[0])
           select (workload, round, peer),
    ];

    private async Task RunOnceAsync(
        Workload workload, Peer peer, int round, RedisServer redis, Machine machine, string file)
    {
        if (_leftOut.Contains((workload.Name, peer.Name)))
        {
            return; // told already
        }

        await redis.FlushAsync();
        var result = new RunResult
        {
            At = DateTimeOffset.UtcNow,
            Workload = workload.Name,
            Peer = peer.Name,
            Round = round,
            Machine = machine,
        };
        try
        {
            var trial = new Trial(peer, redis, _folder, (options.Smoke ? Scale.Smoke : Scale.Full) with { Times = options.Times });
            result = result with { Figures = await workload.Measure(trial) };
        }
        catch (NotSupportedByPeerException error)
        {
            result = result with { Failure = error.Message, NotSupported = true };
            Leave(workload, peer, error.Message);
        }
        catch (BenchException error)
        {
            result = result with { Failure = error.Message };
            Leave(workload, peer, error.Message);
        }

        _results.Add(result);
        ResultLog.Append(file, result);
    }

    private void Leave(Workload workload, Peer peer, string why)
    {
        _leftOut.Add((workload.Name, peer.Name));
        console.WriteLine($"{workload.Name} goes on without {peer.Name}: {why}");
    }

    private int Failures()
    {
        var failed = _results.Where(result => result is { Failure: not null, NotSupported: false }).ToArray();
        foreach (var result in failed)
        {
            console.WriteLine($"failed: {result.Workload} {result.Peer}, round {result.Round}: {result.Failure}");
        }

        return failed.Length == 0 ? 0 : 1;
    }
}
