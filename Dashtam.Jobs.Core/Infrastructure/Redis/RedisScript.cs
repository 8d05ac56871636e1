using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Infrastructure.Redis;

/// <summary>One Lua script: an embedded resource, sent once to a server and called by its SHA-1 from then on.</summary>
internal sealed class RedisScript
{
    private readonly byte[] _sha;
    private readonly byte[] _shaText; // as EVALSHA takes it; the library writes it out by itself
    private readonly Lazy<ScriptHeader> _header;
    private volatile bool _known;

    private RedisScript(string name, string text)
    {
        Text = text;
        _header = new Lazy<ScriptHeader>(() => ScriptHeader.Read(name, Read(name)));
#pragma warning disable CA5350 // Not for security: Redis names scripts so.
        _sha = SHA1.HashData(Encoding.UTF8.GetBytes(text));
#pragma warning restore CA5350
        _shaText = Encoding.ASCII.GetBytes(Convert.ToHexStringLower(_sha));
    }

    /// <summary>What the server is sent.</summary>
    public string Text { get; }

    /// <summary>
    /// Reads an embedded <c>.lua</c> file; a line <c>-- include NAME</c> is replaced by that part's text, where the part is named first. A
    /// part includes what it needs itself.
    /// </summary>
    /// <exception cref="InvalidOperationException">There is no such script.</exception>
    public static RedisScript Load(string name)
    {
        var lines = new List<string>();
        Include(name, lines, new HashSet<string>(StringComparer.Ordinal));
        return new RedisScript(name, string.Join('\n', lines));
    }

    private static void Include(string name, List<string> lines, HashSet<string> included)
    {
        foreach (var line in Read(name).Split('\n'))
        {
            if (!line.StartsWith(ScriptHeader.Include, StringComparison.Ordinal))
            {
                lines.Add(line);
            }
            else if (line[ScriptHeader.Include.Length..].Trim() is var part && included.Add(part))
            {
                Include(part, lines, included);
            }
        }
    }

    /// <summary>
    /// Runs it. The call fails fast while there is no connection: what waits in a client's backlog might run long after its
    /// caller has given up. A script may have run although this throws.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// Debug builds: a key is empty, which no pattern of an ACL matches; or the script's header declares other keys or arguments.
    /// </exception>
    public async Task<RedisResult> RunAsync(
        IDatabase database, RedisKey[] keys, RedisValue[] arguments, CancellationToken cancellationToken)
    {
        RefuseEmpty(keys);
        RefuseUndeclared(keys.Length, arguments.Length);

        // With its text the first time: the library loads it before all calls that follow, and they keep their order.
        if (_known)
        {
            try
            {
                return await database.ScriptEvaluateAsync(_sha, keys, arguments).WaitAsync(cancellationToken);
            }
            catch (RedisServerException error) when (IsUnknown(error))
            {
                // Another server, or it was flushed.
            }
        }

        var reply = await database.ScriptEvaluateAsync(Text, keys, arguments).WaitAsync(cancellationToken);
        _known = true;
        return reply;
    }

    /// <summary>Runs it over a blocking connection; returns as <see cref="BlockingRedis.Execute"/> does.</summary>
    /// <exception cref="ArgumentException">As <see cref="RunAsync"/>.</exception>
    public object? Run(BlockingRedis connection, RedisKey[] keys, string[] arguments)
    {
        RefuseEmpty(keys);
        RefuseUndeclared(keys.Length, arguments.Length);
        try
        {
            return connection.Execute(Command("EVALSHA"u8.ToArray(), _shaText, keys, arguments));
        }
        catch (RedisServerException error) when (IsUnknown(error))
        {
            return connection.Execute(Command("EVAL"u8.ToArray(), Encoding.UTF8.GetBytes(Text), keys, arguments));
        }
    }

    // Only where our own tests run: a key's emptiness depends on code, not on data, and each job's keys come through here.
    [Conditional("DEBUG")]
    private static void RefuseEmpty(RedisKey[] keys)
    {
        foreach (var key in keys)
        {
            if (key == "" || key == default(RedisKey))
            {
                throw new ArgumentException("A script is called with an empty key.", nameof(keys));
            }
        }
    }

    // Likewise: every test that runs a script holds its call against its header.
    [Conditional("DEBUG")]
    private void RefuseUndeclared(int keys, int arguments)
    {
        if (_header.Value.Refuses(keys, arguments) is { } problem)
        {
            throw new ArgumentException(problem, nameof(keys));
        }
    }

    /// <summary>Whether the server does not know the script, and so has not run it: after a restart, or SCRIPT FLUSH.</summary>
    private static bool IsUnknown(RedisServerException error) =>
        error.Message.StartsWith("NOSCRIPT", StringComparison.Ordinal);

    private static List<byte[]> Command(byte[] verb, byte[] script, RedisKey[] keys, string[] arguments) =>
    [
        verb, script, Encoding.ASCII.GetBytes(keys.Length.ToString(CultureInfo.InvariantCulture)),
        .. keys.Select(key => (byte[])key!), .. arguments.Select(Encoding.UTF8.GetBytes),
    ];

    private static string Read(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"There is no embedded script '{name}'.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
