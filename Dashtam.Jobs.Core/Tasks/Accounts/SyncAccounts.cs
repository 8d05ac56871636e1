using System.Globalization;
using Dashtam.Jobs.Core.Execution;
using Dashtam.Jobs.Core.Infrastructure.DashtamApi;
using Dashtam.Jobs.Core.Infrastructure.Database;
using Dashtam.Jobs.Core.Logging;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Dashtam.Jobs.Core.Tasks.Accounts;

/// <summary>Which connections <c>sync_accounts</c> syncs.</summary>
internal sealed record SyncAccountsArguments
{
    /// <summary>These ones, each once; an empty list: none. Absent or null: all active ones.</summary>
    public IReadOnlyList<Guid>? ConnectionIds { get; init; }

    /// <summary>Also those that were synced a short time ago.</summary>
    public bool Force { get; init; }
}

/// <summary>Lets dashtam-api fetch the accounts of provider connections, each as its owner.</summary>
/// <remarks>
/// Schedule: none; it runs on request. Not offered unless <c>DASHTAM_API_URL</c> and <c>DASHTAM_API_SECRET_KEY</c> are set.
/// Returns: <c>checked</c> connections looked at, ids that do not exist included; <c>failed</c> of those, calls that failed
/// after all tries or were refused, and ids not found; <c>processed</c> the others; <c>created</c>, <c>updated</c> and
/// <c>unchanged</c> accounts, as dashtam-api counts them; <c>errors</c> those that dashtam-api counts, and <c>failed</c>;
/// <c>skipped</c> connections synced a short time ago (429 of dashtam-api, without <c>force</c>); <c>refused</c> calls by the problem's title (other 4xx; beyond 20
/// titles under <c>other</c>).
/// One connection's failure never hides the others'.
/// </remarks>
[Job("sync_accounts", Category = "accounts", TimeoutSeconds = 3_600)]
[RequiresSettings("DASHTAM_API_URL", "DASHTAM_API_SECRET_KEY")]
internal sealed partial class SyncAccounts(
    IOwnedConnections connections, IDashtamApi api, IOptions<DashtamApiOptions> options, ILogger<SyncAccounts> logger)
    : IJobHandler<SyncAccountsArguments>
{
    private const int IdsAtATime = 500;

    public async Task<JobSummary> RunAsync(
        JobContext job, SyncAccountsArguments arguments, CancellationToken cancellationToken)
    {
        var (tally, lines) = (new SyncTally(), new FirstLines());
        using var rest = lines.SayRestAtEnd(LogMoreFailed);
        await SyncAllAsync(arguments, tally, lines, cancellationToken);
        return tally.ToSummary();
    }

    private async Task SyncAllAsync(
        SyncAccountsArguments arguments, SyncTally tally, FirstLines lines, CancellationToken cancellationToken)
    {
        ValueTask SyncOneAsync(ReadRow<OwnedConnection> row, CancellationToken token) =>
            SyncAsync(row, arguments.Force, tally, lines, token);

        if (arguments.ConnectionIds is not { } ids)
        {
            await Parallel.ForEachAsync(connections.ActiveAsync(cancellationToken), Parallelism(cancellationToken), SyncOneAsync);
            return;
        }

        var missing = new List<Guid>();
        foreach (var some in ids.Distinct().Chunk(IdsAtATime))
        {
            var found = await connections.FindAsync(some, cancellationToken);
            missing.AddRange(some.Except(found.Select(connection => connection.Id)));
            await Parallel.ForEachAsync(found, Parallelism(cancellationToken), SyncOneAsync);
        }

        NoteMissing(missing, tally);
    }

    private ParallelOptions Parallelism(CancellationToken cancellationToken) =>
        new() { MaxDegreeOfParallelism = options.Value.SyncConcurrency, CancellationToken = cancellationToken };

    private void NoteMissing(List<Guid> missing, SyncTally tally)
    {
        tally.AddNotFound(missing.Count);
        if (missing.Count > 0)
        {
            LogNotFound(missing.Count, NamedList.Of(missing));
        }
    }

    private async ValueTask SyncAsync(
        ReadRow<OwnedConnection> row, bool force, SyncTally tally, FirstLines lines, CancellationToken cancellationToken)
    {
        var outcome = row.Value is { } connection
            ? await CallAsync(connection, force, cancellationToken)
            : new SyncOutcome.Failed($"its row cannot be read: {row.Problem}");
        tally.Add(outcome);
        var problem = outcome switch
        {
            SyncOutcome.Refused refused => string.Create(CultureInfo.InvariantCulture, $"{refused.Status} {refused.Title}"),
            SyncOutcome.Failed failed => failed.Problem,
            _ => null,
        };
        if (problem is not null && lines.Next())
        {
            LogFailed(row.Id, problem);
        }
    }

    private async Task<SyncOutcome> CallAsync(OwnedConnection connection, bool force, CancellationToken cancellationToken)
    {
        try
        {
            var owner = new ConnectionOwner(connection.Id, connection.UserId, connection.Email);
            return await api.SyncAccountsAsync(owner, force, cancellationToken);
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            // Whatever it is: thrown from here it would end the calls of all other connections.
            return new SyncOutcome.Failed(error.Message);
        }
    }

    [LoggerMessage(EventName = "account_sync_failed", Level = LogLevel.Warning,
        Message = "The accounts of connection {ConnectionId} were not synced: {Problem}")]
    private partial void LogFailed(Guid connectionId, string problem);

    [LoggerMessage(EventName = "account_syncs_failed", Level = LogLevel.Warning,
        Message = "The accounts of further connections were not synced (connections: {More}); the first ten have "
            + "lines of their own. The job's result has all counts")]
    private partial void LogMoreFailed(int more);

    [LoggerMessage(EventName = "account_sync_connection_missed", Level = LogLevel.Warning,
        Message = "sync_accounts was asked for connections that do not exist (connections: {Missing}): "
            + "{ConnectionIds}. Check who sends these ids")]
    private partial void LogNotFound(int missing, string connectionIds);
}
