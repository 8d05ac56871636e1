using System.Globalization;

namespace Dashtam.Jobs.Tests.Support;

/// <summary>A PostgreSQL of this machine's binaries, in a folder of its own, on a port of loopback, without passwords.</summary>
internal sealed class PostgresCluster(string initdb, string control)
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dashtam-postgres-");

    public int Port { get; } = LocalCommand.FreePort();

    private string DataFolder => Path.Combine(_folder.FullName, "data");

    public async Task StartAsync()
    {
        if (Environment.IsPrivilegedProcess)
        {
            await LocalCommand.RunAsync("chown", User, _folder.FullName);
        }

        var port = Port.ToString(CultureInfo.InvariantCulture);
        var options = $"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off";
        await RunAsync(initdb, "-D", DataFolder, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync");
        await RunAsync(
            control, "-D", DataFolder, "-l", Path.Combine(_folder.FullName, "log"), "-o", options, "-w", "-t", "50", "start");
    }

    public async Task RemoveAsync()
    {
        if (File.Exists(Path.Combine(DataFolder, "postmaster.pid")))
        {
            await RunAsync(control, "-D", DataFolder, "-m", "immediate", "-w", "stop");
        }

        _folder.Delete(recursive: true);
    }

    // PostgreSQL refuses to run as root.
    private static string User { get; } = File.ReadLines("/etc/passwd")
        .Any(line => line.StartsWith("postgres:", StringComparison.Ordinal)) ? "postgres" : "nobody";

    private static Task RunAsync(string program, params string[] arguments)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return LocalCommand.RunAsync(program, arguments);
        }

        return LocalCommand.RunAsync("setpriv", ["--reuid", User, "--clear-groups", "--", program, .. arguments]);
    }
}
