using System.Globalization;

namespace Dashtam.Jobs.Faults.Lab;

/// <summary>A wall clock for <c>redis-server</c> that can be set off while it runs: Debian's <c>libfaketime</c>, preloaded.</summary>
/// <param name="folder">Where the file is that says by how much it is off.</param>
internal sealed class RedisClock(string folder)
{
    /// <summary>How long Redis goes on with what it read last.</summary>
    public static readonly TimeSpan Notice = TimeSpan.FromMilliseconds(1_200);

    // libc stands behind it: libfaketime asks for memory before it is ready, and jemalloc then asks for the time, without end.
    private static readonly string[] Preloaded = ["faketime/libfaketimeMT.so.1", "libc.so.6"];

    private static readonly string[] Libraries = ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu"];

    /// <summary>Whether this machine has what it needs.</summary>
    public static bool CanBeSet => Folder is not null;

    private static string? Folder => Libraries.FirstOrDefault(library =>
        Preloaded.All(name => File.Exists(Path.Combine(library, name))));

    private string OffsetFile => Path.Combine(folder, "clock");

    /// <summary>What <c>redis-server</c> is started with; nothing where the clock cannot be set.</summary>
    public IReadOnlyDictionary<string, string> Environment()
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        if (Folder is { } library)
        {
            environment["LD_PRELOAD"] = string.Join(' ', Preloaded.Select(name => Path.Combine(library, name)));
            environment["FAKETIME_TIMESTAMP_FILE"] = OffsetFile;
            environment["FAKETIME_CACHE_DURATION"] = "1";
            environment["FAKETIME_DONT_FAKE_MONOTONIC"] = "1";
            environment["FAKETIME_DISABLE_SHM"] = "1";
        }

        return environment;
    }

    /// <summary>Sets it off by this much, zero sets it right; returns when Redis has noticed.</summary>
    public async Task SetAsync(TimeSpan by)
    {
        await WriteAsync(by);
        await Task.Delay(Notice);
    }

    /// <summary>The same for one that has not been started.</summary>
    public async Task WriteAsync(TimeSpan by)
    {
        // Redis reads the file at any time: it must never find it half written.
        var draft = $"{OffsetFile}.new";
        await File.WriteAllTextAsync(draft, by.TotalSeconds.ToString("+0;-0;+0", CultureInfo.InvariantCulture));
        File.Move(draft, OffsetFile, overwrite: true);
    }
}
