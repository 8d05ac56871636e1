using System.Diagnostics;
using System.Globalization;

namespace Dashtam.Jobs.Tests.Support;

/// <summary>A <c>redis-server</c> of this machine, on a port and in a folder of its own.</summary>
internal sealed class RedisProcess(string program, IReadOnlyList<string> serverArguments) : OwnRedis(LocalCommand.FreePort())
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dashtam-redis-");
    private Process? _process;

    public override async Task StartAsync()
    {
        if (_process is { HasExited: false })
        {
            throw new InvalidOperationException("It runs already; a second one would be left behind.");
        }

        string[] arguments =
        [
            "--port", Port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1",
            "--dir", _folder.FullName, "--logfile", Path.Combine(_folder.FullName, "redis.log"), "--save", "",
            .. serverArguments,
        ];
        _process = LocalCommand.Start(program, arguments);
        await WaitUntilItAnswersAsync();
    }

    public override async Task StopAsync()
    {
        if (_process is { HasExited: false })
        {
            await SignalAsync("TERM");
            await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
        }
    }

    public override async Task KillAsync()
    {
        if (_process is { HasExited: false })
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }
    }

    public override Task FreezeAsync() => SignalAsync("STOP");

    public override Task ThawAsync() => SignalAsync("CONT");

    protected override async Task RemoveAsync()
    {
        await KillAsync();
        _process?.Dispose();
        _folder.Delete(recursive: true);
    }

    private Task SignalAsync(string signal) => LocalCommand.RunAsync(
        "kill", $"-{signal}", (_process ?? throw new InvalidOperationException("It is not running."))
            .Id.ToString(CultureInfo.InvariantCulture));
}
