using System.Buffers.Binary;

namespace Dashtam.Jobs.Bench.Records;

/// <summary>
/// Appends, for each run of a schedule of every second, how many nanoseconds after its second it began: 8 bytes.
/// The first run of a schedule counts as due at the second in which it began, each later one a second after the one
/// before: so a run that is late by more than a second is seen as such, and one that was left out makes all that follow late.
/// </summary>
internal sealed class LagRecorder(string path, TimeProvider time) : IDisposable
{
    private readonly FileStream _file =
        new(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
    private readonly Dictionary<string, DateTimeOffset> _due = new(StringComparer.Ordinal);
    private readonly Lock _turn = new();

    public void Started(string schedule)
    {
        var now = time.GetUtcNow();
        lock (_turn)
        {
            var due = _due.TryGetValue(schedule, out var last)
                ? last.AddSeconds(1)
                : DateTimeOffset.FromUnixTimeSeconds(now.ToUnixTimeSeconds());
            _due[schedule] = due;
            Span<byte> lag = stackalloc byte[sizeof(long)];
            BinaryPrimitives.WriteInt64LittleEndian(lag, (long)(now - due).TotalNanoseconds);
            _file.Write(lag);
        }
    }

    public void Dispose() => _file.Dispose();
}
