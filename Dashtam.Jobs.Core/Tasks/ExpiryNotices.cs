using System.Text.Encodings.Web;
using System.Text.Json;
using Dashtam.Jobs.Core.Infrastructure.Database;
using Dashtam.Jobs.Core.Infrastructure.Notices;
using Dashtam.Jobs.Core.Logging;
using Dashtam.Jobs.Core.Wire;
using Microsoft.Extensions.Logging;

namespace Dashtam.Jobs.Core.Tasks;

/// <summary>Sends a notice for each row that expires, and counts how they ended; one failure never hides the others.</summary>
internal sealed partial class ExpiryNotices(INotices notices, ILogger<ExpiryNotices> logger)
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // the + of a time zone stays one; no HTML is made of it here
    };

    /// <summary>A notice that is the same one only while the row's expiry is: what was renewed is announced again.</summary>
    /// <param name="eventType">The event; the once-key begins with it.</param>
    /// <param name="row">What expires.</param>
    /// <param name="payload">The event's data; its properties are written in their order, in snake_case.</param>
    public static Notice NoticeOf<TPayload>(string eventType, IExpiring row, TPayload payload) => new(
        eventType,
        row.UserId,
        $"{eventType}:{row.Id:D}:{IsoTime.Micros(row.ExpiresAt)}",
        JsonSerializer.SerializeToElement(payload, Json));

    /// <summary>Whole seconds until a row expires, the fraction cut off; 0 when it has.</summary>
    public static long SecondsLeft(IExpiring row, DateTimeOffset now) =>
        Math.Max(0, (row.ExpiresAt - now).Ticks / TimeSpan.TicksPerSecond);

    /// <summary>Sends the rows' notices, in the rows' order. A row that cannot be read is an error.</summary>
    public async Task<NoticeTally> SendAsync<TRow>(
        IAsyncEnumerable<ReadRow<TRow>> rows, Func<TRow, Notice> noticeOf, DateTimeOffset now, CancellationToken runToken)
        where TRow : class, IExpiring
    {
        var (failed, unreadable) = (new FirstLines(), new FirstLines());
        using var restUnreadable = unreadable.SayRestAtEnd(LogMoreUnreadable); // said last
        using var restFailed = failed.SayRestAtEnd(LogMoreFailed);
        return await SendAsync(rows, noticeOf, now, new Lines(failed, unreadable), runToken);
    }

    private async Task<NoticeTally> SendAsync<TRow>(
        IAsyncEnumerable<ReadRow<TRow>> rows, Func<TRow, Notice> noticeOf, DateTimeOffset now, Lines lines, CancellationToken runToken)
        where TRow : class, IExpiring
    {
        var tally = new NoticeTally();
        await foreach (var read in rows.WithCancellation(runToken))
        {
            if (read.Value is not { } row)
            {
                if (lines.Unreadable.Next())
                {
                    LogUnreadable(read.Id, read.Problem);
                }

                tally.AddError();
                continue;
            }

            if (row.ExpiresAt <= now)
            {
                tally.AddExpired();
            }

            try
            {
                tally.Add(await notices.SendAsync(noticeOf(row), runToken));
            }
            catch (Exception error) when (error is not OperationCanceledException || !runToken.IsCancellationRequested)
            {
                if (lines.Failed.Next())
                {
                    LogFailed(row.Id, error.GetType().Name, error.Message);
                }

                tally.AddError();
            }
        }

        return tally;
    }

    [LoggerMessage(EventName = "expiry_notice_failed", Level = LogLevel.Warning,
        Message = "The notice that {SubjectId} expires was not sent ({ErrorType}: {Problem}); the next run tries again")]
    private partial void LogFailed(Guid subjectId, string errorType, string problem);

    [LoggerMessage(EventName = "expiring_row_unreadable", Level = LogLevel.Warning,
        Message = "The row of {SubjectId} cannot be read, so its user is not told that it expires: {Problem}. Correct the row")]
    private partial void LogUnreadable(Guid subjectId, string? problem);

    [LoggerMessage(EventName = "expiry_notices_failed", Level = LogLevel.Warning,
        Message = "Further notices were not sent (notices: {More}); the first ten have lines of their own. The next "
            + "run tries again")]
    private partial void LogMoreFailed(int more);

    [LoggerMessage(EventName = "expiring_rows_unreadable", Level = LogLevel.Warning,
        Message = "Further rows cannot be read (rows: {More}); the first ten have lines of their own. Correct those "
            + "ten, and the next run names more")]
    private partial void LogMoreUnreadable(int more);

    private readonly record struct Lines(FirstLines Failed, FirstLines Unreadable);
}
