using System.Buffers;

namespace Dashtam.Jobs.Core.Infrastructure.Redis;

/// <summary>
/// The buffers in which the library writes requests and reads replies. One above a megabyte belongs to a single large message and is left to
/// the collector: the shared pool keeps such buffers for each thread that gave one back, and a worker grew by 80 MB for it.
/// </summary>
internal sealed class MessageBuffers : MemoryPool<byte>
{
    /// <summary>The largest buffer that is given back to the shared pool, in bytes.</summary>
    internal const int LargestPooled = 1024 * 1024;

    public override int MaxBufferSize => Array.MaxLength;

    /// <param name="minBufferSize">In bytes; -1: as the shared pool likes.</param>
    public override IMemoryOwner<byte> Rent(int minBufferSize = -1) => minBufferSize > LargestPooled
        ? new Unpooled(GC.AllocateUninitializedArray<byte>(minBufferSize))
        : Shared.Rent(minBufferSize);

    // Nothing to end: what is pooled is the process', and lives as long.
    protected override void Dispose(bool disposing)
    {
    }

    private sealed class Unpooled(byte[] bytes) : IMemoryOwner<byte>
    {
        private byte[]? _bytes = bytes;

        public Memory<byte> Memory => _bytes ?? throw new ObjectDisposedException(nameof(IMemoryOwner<>));

        public void Dispose() => _bytes = null;
    }
}
