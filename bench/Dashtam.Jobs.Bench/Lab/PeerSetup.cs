using Spectre.Console;

namespace Dashtam.Jobs.Bench.Lab;

/// <summary>Makes peers ready to run.</summary>
internal static class PeerSetup
{
    private static readonly TimeSpan LongestInstall = TimeSpan.FromMinutes(10);

    /// <summary>Those that can run; the others are named, with the reason.</summary>
    public static async Task<IReadOnlyList<Peer>> ReadyAsync(IReadOnlyList<Peer> peers, IAnsiConsole console)
    {
        var ready = new List<Peer>();
        foreach (var peer in peers)
        {
            if (await ProblemAsync(peer) is { } problem)
            {
                console.WriteLine($"WITHOUT {peer.Name}: {problem}");
                continue;
            }

            ready.Add(peer);
        }

        return ready;
    }

    private static async Task<string?> ProblemAsync(Peer peer)
    {
        if (peer.Install is not { } install)
        {
            return null;
        }

        try
        {
            await using var process = PeerProcess.Start("bash", [install]);
            if (!await process.EndsWithinAsync(LongestInstall))
            {
                return $"its installation had not ended after {LongestInstall.TotalMinutes} minutes";
            }

            return process.ExitCode == 0 ? null : process.Errors.Split('\n')[^1];
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            return error.Message;
        }
    }
}
