using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Dashtam.Jobs.Tests.Support;

/// <summary>A <c>pgbouncer</c> of this machine in front of a database, on a port and in a folder of its own.</summary>
internal sealed class PgBouncer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dashtam-pgbouncer-");
    private readonly int _port = LocalCommand.FreePort();
    private Process? _process;

    private PgBouncer()
    {
    }

    /// <summary>A URL as a deployment has it.</summary>
    public string Url => string.Create(CultureInfo.InvariantCulture, $"postgresql://jobs@127.0.0.1:{_port}/jobs?sslmode=disable");

    /// <summary>Starts one; where there is no <c>pgbouncer</c> the test is skipped, or fails under <c>REQUIRE_SERVICES=1</c>.</summary>
    /// <param name="database">What stands behind.</param>
    /// <param name="mode"><c>session</c>, <c>transaction</c> or <c>statement</c>.</param>
    /// <param name="serverConnections">How many connections to the database all clients share.</param>
    public static async Task<PgBouncer> StartAsync(NpgsqlDataSource database, string mode, int serverConnections)
    {
        var program = Find();
        var pooler = new PgBouncer();
        try
        {
            await pooler.StartAsync(program, new NpgsqlConnectionStringBuilder(database.ConnectionString), mode, serverConnections);
            return pooler;
        }
        catch
        {
            await pooler.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
            _process.Dispose();
        }

        _folder.Delete(recursive: true);
    }

    private static string Find()
    {
        try
        {
            return LocalCommand.Find("pgbouncer", "/usr/sbin");
        }
        catch (NoServiceException error)
        {
            throw ServiceSearch<PgBouncer>.Missing(error.Message);
        }
    }

    private async Task StartAsync(string program, NpgsqlConnectionStringBuilder server, string mode, int serverConnections)
    {
        var settings = Path.Combine(_folder.FullName, "pgbouncer.ini");
        var invariant = CultureInfo.InvariantCulture;
        var password = string.IsNullOrEmpty(server.Password) ? "" : $" password={server.Password}"; // PgBouncer takes no empty one
        await File.WriteAllTextAsync(settings, string.Create(invariant, $"""
            [databases]
            jobs = host={server.Host} port={server.Port} dbname={server.Database} user={server.Username}{password}
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = {_port}
            unix_socket_dir =
            auth_type = any
            pool_mode = {mode}
            default_pool_size = {serverConnections}

            """));

        // PgBouncer refuses to run as root.
        if (Environment.IsPrivilegedProcess)
        {
            await LocalCommand.RunAsync("chown", "-R", "nobody", _folder.FullName);
        }

        _process = Environment.IsPrivilegedProcess
            ? LocalCommand.Start("setpriv", "--reuid", "nobody", "--clear-groups", "--", program, "--quiet", settings)
            : LocalCommand.Start(program, "--quiet", settings);
        await WaitUntilItAnswersAsync(_process);
    }

    private async Task WaitUntilItAnswersAsync(Process process)
    {
        var url = string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={_port};Username=jobs;Database=jobs;Pooling=false");
        var since = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                await using var connection = new NpgsqlConnection(url);
                await connection.OpenAsync();
                return;
            }
            catch (NpgsqlException) when (!process.HasExited && Stopwatch.GetElapsedTime(since) < Patience)
            {
                await Task.Delay(50);
            }
        }
    }
}
