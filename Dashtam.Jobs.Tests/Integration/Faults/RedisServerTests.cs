using System.Diagnostics;
using Dashtam.Jobs.Faults.History;
using Dashtam.Jobs.Faults.Lab;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Integration.Faults;

/// <summary>The fault suite's own Redis, which must be there when what is left is read.</summary>
[Category("Integration")]
internal sealed class RedisServerTests
{
    private DirectoryInfo _folder = null!;
    private HistoryRecorder _history = null!;
    private RedisServer _redis = null!;

    [SetUp]
    public async Task StartAsync()
    {
        await using (await TestServices.StartRedisProcessAsync())
        {
            // Without a redis-server there is nothing to test: this says so.
        }

        _folder = Directory.CreateTempSubdirectory("dashtam-faults-");
        _history = new HistoryRecorder(Path.Combine(_folder.FullName, "history.jsonl"), TimeProvider.System);
        _redis = new RedisServer(Path.Combine(_folder.FullName, "redis"), _history, keepsJournal: true);
        await _redis.StartAsync();
    }

    [TearDown]
    public async Task EndAsync()
    {
        await _redis.DisposeAsync();
        _history.Dispose();
        _folder.Delete(recursive: true);
    }

    [Test]
    public async Task A_server_that_ends_by_itself_is_started_again_and_the_history_says_so()
    {
        await _redis.Database.ListLeftPushAsync("kept", "a job");
        using (var server = Process.GetProcessById(_redis.ProcessId))
        {
            server.Kill();
            await server.WaitForExitAsync();
        }

        var kept = await _redis.Reader.ReadAsync("what is left", () => _redis.Database.ListLengthAsync("kept"));

        Assert.That(kept, Is.EqualTo(1));
        Assert.That(
            _history.Events.Where(line => line.Kind == HistoryKind.RedisDown).Select(line => line.Detail),
            Has.One.Items.And.All.StartsWith("by itself, exit code "));
        Assert.That(
            _history.Events.Where(line => line.Kind == HistoryKind.Fault).Select(line => (line.Process, line.Detail)),
            Is.EqualTo(new[] { ("redis", "EndedByItself") }), "nobody is held to a promise while it was away");
    }

    [Test]
    public async Task What_faults_have_set_is_taken_back()
    {
        await _redis.Server.ExecuteAsync("CONFIG", "SET", "timeout", 1);
        await _redis.Server.ExecuteAsync("CLIENT", "PAUSE", 60_000, "WRITE");

        await _redis.HealAsync();

        Assert.That((await _redis.Server.ConfigGetAsync("timeout")).Single().Value, Is.EqualTo("0"));
        Assert.That(await _redis.Database.ListLeftPushAsync("written", "at once"), Is.EqualTo(1));
    }
}
