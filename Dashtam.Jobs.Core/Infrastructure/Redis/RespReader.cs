using System.Globalization;
using System.Text;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Infrastructure.Redis;

/// <summary>Reads replies in RESP 2, the protocol of a connection that has not asked for another.</summary>
/// <remarks>Written after https://redis.io/docs/latest/develop/reference/protocol-spec/.</remarks>
internal sealed class RespReader(Stream stream)
{
    /// <returns>A long, a byte array (also for a simple string), an array of these, or null.</returns>
    /// <exception cref="RedisServerException">The reply is an error.</exception>
    /// <exception cref="IOException">The connection ended, or what came is no reply.</exception>
    public object? Read()
    {
        var line = ReadLine();
        var rest = line[1..];
        return line[0] switch
        {
            '+' => Encoding.UTF8.GetBytes(rest),
            '-' => throw new RedisServerException(RedisErrorKind.Unknown, CommandFlags.None, rest),
            ':' => long.Parse(rest, CultureInfo.InvariantCulture),
            '$' => ReadBulk(Length(rest)),
            '*' => ReadArray(Length(rest)),
            var kind => throw new IOException($"Redis sent a reply of the unknown kind '{kind}'."),
        };
    }

    private static int Length(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private byte[]? ReadBulk(int length)
    {
        if (length < 0)
        {
            return null;
        }

        var bytes = new byte[length + 2]; // and the line end
        stream.ReadExactly(bytes);
        return bytes[..length];
    }

    private object?[]? ReadArray(int length)
    {
        if (length < 0)
        {
            return null;
        }

        var items = new object?[length];
        for (var i = 0; i < length; i++)
        {
            items[i] = Read();
        }

        return items;
    }

    private string ReadLine()
    {
        var line = new StringBuilder();
        while (true)
        {
            switch (stream.ReadByte())
            {
                case < 0:
                    throw new EndOfStreamException("Redis closed the connection.");
                case '\r':
                    break;
                case '\n' when line.Length > 0:
                    return line.ToString();
                case var character:
                    line.Append((char)character);
                    break;
            }
        }
    }
}
