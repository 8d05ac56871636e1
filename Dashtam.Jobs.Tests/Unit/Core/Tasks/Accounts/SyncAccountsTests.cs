using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Dashtam.Jobs.Core.Execution;
using Dashtam.Jobs.Core.Execution.Catalog;
using Dashtam.Jobs.Core.Infrastructure.DashtamApi;
using Dashtam.Jobs.Core.Infrastructure.Database;
using Dashtam.Jobs.Core.Tasks.Accounts;
using Dashtam.Jobs.Core.Wire;
using Dashtam.Jobs.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Core.Tasks.Accounts;

[Category("Unit")]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class SyncAccountsTests : IDisposable
{
    private readonly Connections _connections = new();
    private readonly Api _api = new();
    private readonly LogLines _log = new();

    public void Dispose() => _log.Dispose();

    [Test]
    public async Task Each_active_connection_is_synced_as_its_owner_and_counted()
    {
        var synced = Add(new SyncOutcome.Synced(1, 2, 3, 4));
        Add(new SyncOutcome.Synced(10, 20, 30, 40));
        Add(new SyncOutcome.RecentlySynced());
        Add(new SyncOutcome.Refused(403, "Access Denied"));
        Add(new SyncOutcome.Refused(403, "Access Denied"));
        Add(new SyncOutcome.Failed("500 down"));

        var summary = await RunAsync();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(summary, Has.Property("Checked").EqualTo(6).And.Property("Processed").EqualTo(3)
                .And.Property("Errors").EqualTo(3 + 44));
            Assert.That(Details(summary), Is.EqualTo("created=11 updated=22 unchanged=33 skipped=1 failed=3 "
                + """refused={"Access Denied":2}"""));
            Assert.That(_api.Calls, Does.Contain(new ConnectionOwner(synced.Id, synced.UserId, synced.Email)));
        }
    }

    [Test]
    public async Task One_connections_surprise_does_not_hide_the_others()
    {
        Add(outcome: null);
        Add(new SyncOutcome.Synced(1, 0, 0, 0));

        var summary = await RunAsync();

        Assert.That(summary, Has.Property("Checked").EqualTo(2).And.Property("Errors").EqualTo(1));
        Assert.That(Details(summary), Does.StartWith("created=1 "));
    }

    [Test]
    public async Task Only_the_given_connections_are_synced_each_once()
    {
        var wanted = Add(new SyncOutcome.Synced(1, 0, 0, 0));
        Add(new SyncOutcome.Synced(1, 0, 0, 0));

        var summary = await RunAsync($$"""{"connection_ids": ["{{wanted.Id}}", "{{wanted.Id}}"], "force": true}""");

        Assert.That(summary.Checked, Is.EqualTo(1));
        Assert.That(_api.Calls.Single().ConnectionId, Is.EqualTo(wanted.Id));
        Assert.That(_api.Forced, Is.True);
    }

    [TestCase("{}")]
    [TestCase("""{"connection_ids": ["5eed0002-0000-7000-8000-000000000009", "5eed0002-0000-7000-8000-000000000008"]}""")]
    public async Task A_row_that_cannot_be_read_is_an_error_and_hides_no_other(string keywords)
    {
        var unreadable = new Guid("5eed0002-0000-7000-8000-000000000009");
        _connections.Unreadable.Add(new ReadRow<OwnedConnection>(unreadable, Value: null, "no e-mail"));
        Add(new SyncOutcome.Synced(1, 0, 0, 0), new Guid("5eed0002-0000-7000-8000-000000000008"));

        var summary = await RunAsync(keywords);

        Assert.That(summary, Has.Property("Checked").EqualTo(2).And.Property("Processed").EqualTo(1)
            .And.Property("Errors").EqualTo(1));
    }

    [Test]
    public async Task A_connection_that_does_not_exist_is_an_error()
    {
        var summary = await RunAsync($$"""{"connection_ids": ["{{Guid.NewGuid()}}"]}""");

        Assert.That(summary, Has.Property("Checked").EqualTo(1).And.Property("Processed").Zero
            .And.Property("Errors").EqualTo(1));
    }

    [Test]
    public async Task An_empty_list_syncs_nothing()
    {
        Add(new SyncOutcome.RecentlySynced());

        var summary = await RunAsync("""{"connection_ids": []}""");

        Assert.That(summary.Checked, Is.Zero);
    }

    [Test]
    public async Task Titles_beyond_twenty_are_counted_together()
    {
        for (var i = 0; i < 30; i++)
        {
            Add(new SyncOutcome.Refused(400, $"Title {i}"));
        }

        var summary = await RunAsync();

        var refused = summary.Details.Single(detail => detail.Key == "refused").Value;
        Assert.That(refused.EnumerateObject().Count(), Is.EqualTo(21));
        Assert.That(refused.GetProperty("other").GetInt64(), Is.EqualTo(10));
    }

    [Test]
    public void The_runs_cancellation_ends_it()
    {
        Add(new SyncOutcome.RecentlySynced());
        using var run = new CancellationTokenSource();
        _api.OnCall = run.Cancel;

        Assert.That(() => RunAsync("{}", run.Token), Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public async Task No_more_calls_are_open_at_a_time_than_allowed()
    {
        for (var i = 0; i < 50; i++)
        {
            Add(new SyncOutcome.RecentlySynced());
        }

        await RunAsync();

        Assert.That(_api.MostAtATime, Is.EqualTo(3));
    }

    [TestCase(10, ", and ", false)]
    [TestCase(3_000, ", and 2990 more", true)]
    public async Task Unknown_connections_are_named_in_one_line_the_first_ten_of_them(int count, string others, bool said)
    {
        var ids = Enumerable.Range(0, count).Select(_ => Guid.NewGuid()).ToList();

        var summary = await RunAsync($$"""{"connection_ids": {{JsonSerializer.Serialize(ids)}}}""");

        var line = _log.Single().GetProperty("message").GetString();
        Assert.That(line, said ? Does.Contain(others) : Does.Not.Contain(others));
        Assert.That(ids.Count(id => line!.Contains($"{id}", StringComparison.Ordinal)), Is.EqualTo(10));
        Assert.That(summary, Has.Property("Errors").EqualTo(count));
    }

    [TestCase(10, 10)]
    [TestCase(3_000, 11)]
    public async Task Ten_connections_that_fail_have_a_line_each_and_the_others_are_counted(int count, int lines)
    {
        for (var i = 0; i < count; i++)
        {
            _connections.Unreadable.Add(new ReadRow<OwnedConnection>(Guid.NewGuid(), Value: null, "no e-mail"));
        }

        var summary = await RunAsync();

        Assert.That(_log.Lines, Has.Count.EqualTo(lines));
        Assert.That(_log.Lines.Take(10), Has.All.Contains("account_sync_failed"));
        Assert.That(_log.Lines.Skip(10), Has.All.Contains("account_syncs_failed").And.All.Contains("\"more\":2990"));
        Assert.That(summary.Errors, Is.EqualTo(count));
    }

    [Test]
    public void The_connections_that_failed_before_a_run_was_cancelled_are_counted_too()
    {
        for (var i = 0; i < 20; i++)
        {
            _connections.Unreadable.Add(new ReadRow<OwnedConnection>(new Guid(i, 0, 0, new byte[8]), Value: null, "no e-mail"));
        }

        Add(new SyncOutcome.RecentlySynced());
        using var run = new CancellationTokenSource();
        _api.OnCall = run.Cancel;
        var ids = _connections.Unreadable.Select(row => row.Id).Concat(Enumerable.Repeat(Guid.NewGuid(), 480).Select(_ => Guid.NewGuid()))
            .Append(_connections.Rows[0].Id);

        Assert.That(
            () => RunAsync($$"""{"connection_ids": {{JsonSerializer.Serialize(ids)}}}""", run.Token),
            Throws.InstanceOf<OperationCanceledException>());
        Assert.That(_log.Lines[^1], Does.Contain("\"more\":10"));
    }

    [Test]
    public void It_is_offered_only_with_url_and_key()
    {
        var without = Catalog();
        var with = Catalog(("DASHTAM_API_URL", "http://api"), ("DASHTAM_API_SECRET_KEY", "x"));

        Assert.That(without.Find("sync_accounts"), Is.Null);
        Assert.That(with.Find("sync_accounts"), Is.Not.Null);
    }

    private static JobCatalog Catalog(params (string Name, string Value)[] settings) => new(
        [typeof(SyncAccounts)],
        new ConfigurationBuilder().AddInMemoryCollection(
            settings.Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value))).Build(),
        NullLogger<JobCatalog>.Instance);

    private OwnedConnection Add(SyncOutcome? outcome, Guid? id = null)
    {
        var connection = new OwnedConnection(id ?? Guid.NewGuid(), Guid.NewGuid(), $"{Guid.NewGuid():N}@example.test");
        _connections.Rows.Add(connection);
        _api.Outcomes[connection.Id] = outcome;
        return connection;
    }

    private Task<JobSummary> RunAsync(string keywords = "{}") => RunAsync(keywords, CancellationToken.None);

    private Task<JobSummary> RunAsync(string keywords, CancellationToken cancellationToken)
    {
        var options = Options.Create(new DashtamApiOptions { SyncConcurrency = 3 });
        var job = new SyncAccounts(_connections, _api, options, _log.Factory.CreateLogger<SyncAccounts>());
        var arguments = JobArguments.Parse("[]"u8.ToArray(), System.Text.Encoding.UTF8.GetBytes(keywords));
        return job.RunAsync(
            new JobContext("id", "sync_accounts", 1, 3, "w", JobLabels.Empty), arguments.Bind<SyncAccountsArguments>(), cancellationToken);
    }

    private static string Details(JobSummary summary) =>
        string.Join(' ', summary.Details.Select(detail => $"{detail.Key}={JsonSerializer.Serialize(detail.Value)}"));

    private sealed class Connections : IOwnedConnections
    {
        public List<OwnedConnection> Rows { get; } = [];

        public List<ReadRow<OwnedConnection>> Unreadable { get; } = [];

        public async IAsyncEnumerable<ReadRow<OwnedConnection>> ActiveAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            foreach (var row in Rows.Select(Read).Concat(Unreadable))
            {
                await Task.Yield();
                yield return row;
            }
        }

        public Task<IReadOnlyList<ReadRow<OwnedConnection>>> FindAsync(
            IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<ReadRow<OwnedConnection>>>(
                [.. Rows.Select(Read).Concat(Unreadable).Where(row => ids.Contains(row.Id))]);

        private static ReadRow<OwnedConnection> Read(OwnedConnection row) => new(row.Id, row, Problem: null);
    }

    private sealed class Api : IDashtamApi
    {
        private readonly Lock _lock = new();
        private int _open;

        /// <summary>By connection; null: an exception that nobody expects.</summary>
        public ConcurrentDictionary<Guid, SyncOutcome?> Outcomes { get; } = [];

        public ConcurrentBag<ConnectionOwner> Calls { get; } = [];

        public bool Forced { get; private set; }

        public int MostAtATime { get; private set; }

        public Action OnCall { get; set; } = () => { };

        public async Task<SyncOutcome> SyncAccountsAsync(
            ConnectionOwner owner, bool force, CancellationToken cancellationToken)
        {
            Forced = force;
            Calls.Add(owner);
            Count(1);
            OnCall();
            cancellationToken.ThrowIfCancellationRequested();
            await Task.Delay(2, cancellationToken);
            Count(-1);
            return Outcomes[owner.ConnectionId] ?? throw new InvalidOperationException("surprise");
        }

        private void Count(int change)
        {
            lock (_lock)
            {
                _open += change;
                MostAtATime = Math.Max(MostAtATime, _open);
            }
        }
    }
}
