using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Dashtam.Jobs.Core.Wire;

namespace Dashtam.Jobs.Core.Infrastructure.Notices;

/// <summary>A notice as it is published: the bytes that dashtam-api's own publisher would write.</summary>
/// <param name="Id">UUID version 7.</param>
/// <param name="Type">One of dashtam-api's event types.</param>
/// <param name="Data">The event's data, a JSON object.</param>
/// <param name="OccurredAt">ISO 8601, UTC, with microseconds.</param>
/// <param name="Json">The whole event.</param>
internal sealed record NoticeEvent(string Id, string Type, byte[] Data, string OccurredAt, byte[] Json)
{
    /// <exception cref="ArgumentException">The notice's data is not a JSON object.</exception>
    public static NoticeEvent Create(Notice notice, DateTimeOffset now)
    {
        if (notice.Data.ValueKind != JsonValueKind.Object)
        {
            throw new ArgumentException("The data of a notice must be a JSON object.", nameof(notice));
        }

        var id = Guid.CreateVersion7(now).ToString("D");
        var occurredAt = now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'+00:00'", CultureInfo.InvariantCulture);
        var data = new PythonJsonWriter();
        data.Json(JsonMarshal.GetRawUtf8Value(notice.Data).ToArray());
        var dataJson = data.ToArray();

        var json = new PythonJsonWriter();
        json.BeginObject();
        json.Name("event_id");
        json.Text(id);
        json.Name("event_type");
        json.Text(notice.EventType);
        json.Name("user_id");
        json.Text((notice.UserId ?? Guid.Empty).ToString("D"));
        json.Name("data");
        json.Raw(dataJson);
        json.Name("occurred_at");
        json.Text(occurredAt);
        json.EndObject();
        return new NoticeEvent(id, notice.EventType, dataJson, occurredAt, json.ToArray());
    }
}
