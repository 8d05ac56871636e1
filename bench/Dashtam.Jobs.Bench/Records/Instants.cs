using System.Runtime.InteropServices;

namespace Dashtam.Jobs.Bench.Records;

/// <summary>Files of 8-byte numbers.</summary>
internal static class Instants
{
    /// <summary>All numbers; a last one that is not complete is left out.</summary>
    public static long[] Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[file.Length / sizeof(long) * sizeof(long)];
        file.ReadExactly(bytes);
        return MemoryMarshal.Cast<byte, long>(bytes).ToArray();
    }
}
