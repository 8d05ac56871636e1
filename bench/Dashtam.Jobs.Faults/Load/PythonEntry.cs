using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Dashtam.Jobs.Faults.Load;

/// <summary>A schedule by time as TaskIQ's list source stores it: JSON, or the pickle of its default serializer.</summary>
/// <param name="Id">The entry's id, and that of its job.</param>
/// <param name="At">When it fires.</param>
/// <param name="SleepMs">How long its job takes.</param>
internal sealed record PythonEntry(string Id, DateTimeOffset At, byte SleepMs)
{
    private string Time => At.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.ffffff+00:00", CultureInfo.InvariantCulture);

    /// <summary>The end of the key of the list that its id is pushed to.</summary>
    public string Minute => At.UtcDateTime.ToString("yyyy-MM-ddTHH:mm", CultureInfo.InvariantCulture);

    public byte[] ToJson() => Encoding.UTF8.GetBytes(
        $$"""{"task_name": "run_canary", "labels": {}, "args": [], "kwargs": {"sleep_ms": {{SleepMs}}}, "task_id": "{{Id}}","""
        + $$""" "schedule_id": "{{Id}}", "cron": null, "cron_offset": null, "time": "{{Time}}", "interval": null}""");

    public byte[] ToPickle() =>
    [
        0x80, 4, (byte)'}', (byte)'(',
        .. Text("task_name"), .. Text("run_canary"), .. Text("labels"), (byte)'}', .. Text("args"), (byte)']',
        .. Text("kwargs"), (byte)'}', .. Text("sleep_ms"), (byte)'K', SleepMs, (byte)'s',
        .. Text("task_id"), .. Text(Id), .. Text("schedule_id"), .. Text(Id), .. Text("time"), .. Text(Time),
        (byte)'u', (byte)'.',
    ];

    private static byte[] Text(string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        var length = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, utf8.Length);
        return [(byte)'X', .. length, .. utf8];
    }
}
