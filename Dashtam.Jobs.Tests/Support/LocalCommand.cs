using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Dashtam.Jobs.Tests.Support;

/// <summary>Programs of this machine.</summary>
internal static class LocalCommand
{
    // A node of a cluster also takes the port 10,000 above its own: that, too, stays below 32768.
    private const int FirstPort = 20_000;
    private const int Ports = 2_700;

    private static int _ports = Random.Shared.Next(Ports);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Where a program is: on the PATH, or in one of the folders given.</summary>
    /// <exception cref="NoServiceException">It is nowhere.</exception>
    public static string Find(string program, params IEnumerable<string> folders)
    {
        var path = Environment.GetEnvironmentVariable("PATH")?.Split(Path.PathSeparator) ?? [];
        return path.Concat(folders)
            .Where(folder => folder.Length > 0)
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists)
            ?? throw new NoServiceException($"no {program} on the PATH");
    }

    /// <summary>Runs a program to its end.</summary>
    /// <exception cref="InvalidOperationException">It failed; the message holds what it said.</exception>
    public static async Task RunAsync(string program, params IEnumerable<string> arguments)
    {
        using var deadline = new CancellationTokenSource(Patience);
        using var process = Start(program, arguments);
        var output = process.StandardOutput.ReadToEndAsync(deadline.Token);
        var errors = process.StandardError.ReadToEndAsync(deadline.Token);
        try
        {
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {await errors}{await output}");
        }
    }

    /// <summary>Starts a program; its output is a pipe that somebody has to read if it is much.</summary>
    public static Process Start(string program, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
    }

    /// <summary>
    /// A port of loopback that was free a moment ago, and that this process has given to nobody else. It is below those from
    /// which the kernel serves outgoing connections (from 32768 on, by default): none of them takes it before it is bound.
    /// </summary>
    public static int FreePort()
    {
        while (true)
        {
            var port = FirstPort + (int)((uint)Interlocked.Increment(ref _ports) % Ports);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Somebody else's.
            }
        }
    }
}
