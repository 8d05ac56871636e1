using System.Globalization;
using System.Text;

namespace Dashtam.Jobs.Tests.Support;

/// <summary>
/// Counts the commands, or the replies, that have gone by whole, however the network has cut them into pieces. The library asks
/// for RESP 3, where a map is one reply, and what is pushed is none.
/// </summary>
/// <remarks>Written after https://redis.io/docs/latest/develop/reference/protocol-spec/.</remarks>
internal sealed class RespCounter
{
    private readonly StringBuilder _header = new();
    private long _missing; // elements of the message under way
    private long _toSkip; // bytes of the text under way
    private bool _isPushed; // the message under way answers nothing

    /// <summary>Those that have gone by whole.</summary>
    public long Count { get; private set; }

    /// <summary>Those, and the one of which the beginning has gone by.</summary>
    public long Begun => Count + (!_isPushed && (_missing > 0 || _toSkip > 0 || (_header.Length > 0 && _header[0] != '>')) ? 1 : 0);

    public void Feed(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            if (_toSkip > 0)
            {
                var skipped = (int)Math.Min(_toSkip, bytes.Length);
                bytes = bytes[skipped..];
                _toSkip -= skipped;
                if (_toSkip == 0)
                {
                    EndElement();
                }
            }
            else
            {
                TakeHeader(bytes[0]);
                bytes = bytes[1..];
            }
        }
    }

    private void TakeHeader(byte next)
    {
        if (next != (byte)'\n')
        {
            _header.Append((char)next);
            return;
        }

        var header = _header.ToString().TrimEnd('\r');
        _header.Clear();
        _isPushed |= _missing == 0 && header.StartsWith('>');
        _missing = _missing == 0 ? 1 : _missing;
        switch (header)
        {
            case ['$' or '=' or '!', .. var length] when Number(length) is var bytes and >= 0:
                _toSkip = bytes + 2;
                return;
            case ['*' or '~' or '>', .. var count]:
                _missing += Math.Max(0, Number(count));
                break;
            case ['%', .. var pairs]:
                _missing += 2 * Math.Max(0, Number(pairs));
                break;
        }

        EndElement();
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    private void EndElement()
    {
        if (--_missing > 0)
        {
            return;
        }

        Count += _isPushed ? 0 : 1;
        _isPushed = false;
    }
}
