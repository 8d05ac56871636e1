using System.Text.Json;
using Dashtam.Jobs.Core.Execution;
using Dashtam.Jobs.Core.Infrastructure.Notices;
using Dashtam.Jobs.Core.Wire;

namespace Dashtam.Jobs.Core.Tasks.Notifications;

/// <summary>What <c>send_notification</c> sends, and to whom: exactly one of a user and everybody.</summary>
internal sealed record SendNotificationArguments
{
    /// <summary>The user whose browsers get it.</summary>
    public Guid? UserId { get; init; }

    /// <summary>True: everybody's browsers get it.</summary>
    public bool Broadcast { get; init; }

    /// <summary>One of dashtam-api's event types; it drops others.</summary>
    public required string EventType { get; init; }

    /// <summary>The event's data: a JSON object, sent as it is.</summary>
    public required JsonElement Data { get; init; }
}

/// <summary>Sends one event to a user's browsers, or to everybody's, through dashtam-api.</summary>
/// <remarks>
/// Schedule: none; it runs on request. It is sent each time: a run after a lost reply sends it again.
/// Returns: <c>checked</c> 1, <c>processed</c> 1, <c>errors</c> 0; <c>delivered</c> 1 when dashtam-api listened or the event is
/// kept for replay, else 0.
/// </remarks>
[Job("send_notification", Category = "notifications")]
internal sealed class SendNotification(INotices notices) : IJobHandler<SendNotificationArguments>
{
    public async Task<JobSummary> RunAsync(
        JobContext job, SendNotificationArguments arguments, CancellationToken cancellationToken)
    {
        Check(arguments);
        var notice = new Notice(arguments.EventType, arguments.UserId, OnceKey: null, arguments.Data);
        var outcome = await notices.SendAsync(notice, cancellationToken);
        return new JobSummary(Checked: 1, Processed: 1, Errors: 0)
            .With("delivered", outcome is NoticeOutcome.Undelivered ? 0 : 1);
    }

    private static void Check(SendNotificationArguments arguments)
    {
        var problem = arguments switch
        {
            { UserId: null, Broadcast: false } => "needs 'user_id', or 'broadcast': true",
            { UserId: not null, Broadcast: true } => "takes either 'user_id' or 'broadcast': true, not both",
            { EventType.Length: 0 } => "argument 'event_type' must not be empty",
            { Data.ValueKind: not JsonValueKind.Object } => "argument 'data' must be an object",
            _ => null,
        };
        if (problem is not null)
        {
            throw new JobArgumentException($"send_notification: {problem}");
        }
    }
}
