using System.Buffers;
using System.Text;

namespace Dashtam.Jobs.Core.Wire;

/// <summary>Collects bytes. Small buffers are pooled; what is larger is collected in pieces, which are not.</summary>
/// <remarks>
/// The shared pool keeps what it is given, one buffer of each size for each thread and more for each core. With messages of
/// some megabytes it kept more than a gigabyte.
/// </remarks>
/// <param name="capacity">How many bytes to expect.</param>
internal sealed class WireBuffer(int capacity)
{
    /// <summary>The largest buffer that is pooled, and the size of a piece of what is larger.</summary>
    internal const int Piece = 256 * 1_024;

    private List<byte[]>? _full; // nearly always none
    private byte[] _current = ArrayPool<byte>.Shared.Rent(Math.Min(capacity, Piece));
    private int _length;

    /// <summary>What was written, copied once; the buffer is empty afterwards.</summary>
    public byte[] ToArray()
    {
        var full = _full?.Count ?? 0;
        var written = GC.AllocateUninitializedArray<byte>(checked((full * Piece) + _length));
        for (var i = 0; i < full; i++)
        {
            _full![i].AsSpan(0, Piece).CopyTo(written.AsSpan(i * Piece));
        }

        _current.AsSpan(0, _length).CopyTo(written.AsSpan(full * Piece));
        _full = null;
        Return(_current);
        (_current, _length) = ([], 0);
        return written;
    }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > _current.Length - _length)
        {
            var some = Math.Min(bytes.Length, Capacity - _length);
            Ensure(some);
            bytes[..some].CopyTo(_current.AsSpan(_length));
            _length += some;
            bytes = bytes[some..];
            NextWhenFull();
        }

        bytes.CopyTo(_current.AsSpan(_length));
        _length += bytes.Length;
    }

    public void WriteAscii(ReadOnlySpan<char> text)
    {
        while (text.Length > _current.Length - _length)
        {
            var some = Math.Min(text.Length, Capacity - _length);
            Ensure(some);
            _length += Encoding.ASCII.GetBytes(text[..some], _current.AsSpan(_length));
            text = text[some..];
            NextWhenFull();
        }

        _length += Encoding.ASCII.GetBytes(text, _current.AsSpan(_length));
    }

    // A pooled buffer may be larger than was asked for; a piece that is full has the same size always.
    private const int Capacity = Piece;

    private void Ensure(int bytes)
    {
        if (_current.Length - _length >= bytes)
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent(Math.Min(Piece, Math.Max(_length + bytes, 2 * _current.Length)));
        _current.AsSpan(0, _length).CopyTo(larger);
        Return(_current);
        _current = larger;
    }

    private void NextWhenFull()
    {
        if (_length == Capacity)
        {
            (_full ??= []).Add(_current);
            (_current, _length) = (GC.AllocateUninitializedArray<byte>(Piece), 0);
        }
    }

    private static void Return(byte[] buffer)
    {
        if (buffer.Length is > 0 and <= Piece)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
