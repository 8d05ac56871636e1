using System.Globalization;
using System.Runtime.CompilerServices;
using Dashtam.Jobs.Core.Queue.Leases;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Queue.Fsck;

/// <summary>What checks need of the queue.</summary>
internal sealed record FsckTools(
    IDatabase Database, QueueKeys Keys, IWorkerRegistry Registry, QueueOptions Queue, LeaseOptions Lease)
{
    /// <summary>Moves and corrects what is wrong.</summary>
    public FsckRepairs Repairs { get; } = new(Database, Keys, Queue);
}

/// <summary>One run: what checks read with, in pages, and what they tell each other.</summary>
internal sealed class FsckScope
{
    /// <summary>What one page may weigh: envelopes are small as a rule, but may be megabytes.</summary>
    private const long PageBytes = 8 * 1024 * 1024;

    private readonly IServer _server;
    private Action<double> _report = _ => { };
    private long _total;
    private double _fraction;
    private long _examinedBefore;

    private FsckScope(FsckTools tools, IServer server, FsckOptions options, TimeProvider time)
    {
        Tools = tools;
        _server = server;
        Options = options;
        Time = time;
    }

    public FsckTools Tools { get; }

    public FsckOptions Options { get; }

    public TimeProvider Time { get; }

    public IDatabase Database => Tools.Database;

    public QueueKeys Keys => Tools.Keys;

    /// <summary>Keys and entries looked at so far.</summary>
    public long Examined { get; private set; }

    /// <summary>The highest number that an entry of this queue carries.</summary>
    public long HighestNumber { get; private set; }

    /// <summary>On Redis Cluster scans must ask the node that has the queue's slot.</summary>
    public static async Task<FsckScope> OpenAsync(
        FsckTools tools, FsckOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        var endpoint = await tools.Database.IdentifyEndpointAsync(tools.Keys.Ready, CommandFlags.DemandMaster)
            .WaitAsync(cancellationToken)
            ?? throw new RedisConnectionException(
                ConnectionFailureType.UnableToResolvePhysicalConnection, CommandFlags.None,
                "No connection to the queue's server is open");
        return new FsckScope(tools, tools.Database.Multiplexer.GetServer(endpoint), options, time);
    }

    /// <summary>Another check begins.</summary>
    public void Begin(Action<double> report)
    {
        _report = report;
        _examinedBefore = Examined;
        _total = 0;
        _fraction = 0;
        report(0);
    }

    /// <summary>An entry carries this number.</summary>
    public void Saw(long number) => HighestNumber = Math.Max(HighestNumber, number);

    /// <summary>Redis' clock in ms, by which heartbeats and due times are told.</summary>
    public async Task<long> NowAsync()
    {
        var time = (string[])(await Database.ExecuteAsync("TIME"))!;
        return (long.Parse(time[0], CultureInfo.InvariantCulture) * 1_000)
            + (long.Parse(time[1], CultureInfo.InvariantCulture) / 1_000);
    }

    /// <summary>Keys by pattern, with <c>SCAN</c>.</summary>
    public async IAsyncEnumerable<RedisKey> KeysAsync(
        string pattern, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        _total += await _server.DatabaseSizeAsync(Database.Database);
        var scan = _server.KeysAsync(Database.Database, pattern, Options.PageSize);
        await foreach (var key in scan.WithCancellation(cancellationToken))
        {
            Examine(1);
            yield return key;
        }
    }

    /// <summary>Keys by pattern with their type and time to live; null: they have none.</summary>
    public async IAsyncEnumerable<(RedisKey Key, RedisType Type, TimeSpan? Ttl)> DescribedKeysAsync(
        string pattern, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var page in KeysAsync(pattern, cancellationToken).Chunk(Options.PageSize))
        {
            var types = Task.WhenAll(page.Select(key => Database.KeyTypeAsync(key)));
            var ttls = Task.WhenAll(page.Select(key => Database.KeyTimeToLiveAsync(key)));
            foreach (var ((key, type), ttl) in page.Zip(await types).Zip(await ttls))
            {
                if (type != RedisType.None)
                {
                    yield return (key, type, ttl);
                }
            }
        }
    }

    /// <summary>Whether a key is of this type or missing; what is of another type is named once, by the walk of all keys.</summary>
    public async Task<bool> IsAsync(RedisKey key, RedisType type) =>
        await Database.KeyTypeAsync(key) is var actual && (actual == type || actual == RedisType.None);

    /// <summary>A list from its head, in pages; nothing when the key is no list.</summary>
    public async IAsyncEnumerable<byte[]> ListAsync(RedisKey key, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (await Database.KeyTypeAsync(key) != RedisType.List)
        {
            yield break;
        }

        var length = await Database.ListLengthAsync(key);
        var size = await PageOfAsync(key, length);
        _total += length;
        RedisValue[] page;
        for (var start = 0L; ; start += page.Length)
        {
            cancellationToken.ThrowIfCancellationRequested();
            page = await Database.ListRangeAsync(key, start, start + size - 1);
            Examine(page.Length);
            foreach (var entry in page)
            {
                yield return (byte[])entry!;
            }

            if (page.Length < size)
            {
                yield break;
            }
        }
    }

    /// <summary>A sorted set, with <c>ZSCAN</c>; nothing when the key is none.</summary>
    public async IAsyncEnumerable<SortedSetEntry> MembersAsync(
        RedisKey key, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (await Database.KeyTypeAsync(key) != RedisType.SortedSet)
        {
            yield break;
        }

        var length = await Database.SortedSetLengthAsync(key);
        _total += length;
        var scan = Database.SortedSetScanAsync(key, pageSize: await PageOfAsync(key, length));
        await foreach (var entry in scan.WithCancellation(cancellationToken))
        {
            Examine(1);
            yield return entry;
        }
    }

    /// <summary>A hash, with <c>HSCAN</c>; nothing when the key is none.</summary>
    public async IAsyncEnumerable<HashEntry> FieldsAsync(
        RedisKey key, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (await Database.KeyTypeAsync(key) != RedisType.Hash)
        {
            yield break;
        }

        var length = await Database.HashLengthAsync(key);
        _total += length;
        var scan = Database.HashScanAsync(key, pageSize: await PageOfAsync(key, length));
        await foreach (var entry in scan.WithCancellation(cancellationToken))
        {
            Examine(1);
            yield return entry;
        }
    }

    /// <summary>How many entries of a key fit into a page; <c>MEMORY USAGE</c> looks at a few of them.</summary>
    private async Task<int> PageOfAsync(RedisKey key, long length)
    {
        try
        {
            var bytes = (long?)await Database.ExecuteAsync("MEMORY", "USAGE", key) ?? 0;
            return (int)Math.Clamp(PageBytes / Math.Max(1, bytes / Math.Max(1, length)), 1, Options.PageSize);
        }
        catch (RedisServerException)
        {
            return Options.PageSize; // not every server knows it, nor every user may ask
        }
    }

    private void Examine(int count)
    {
        var before = Examined;
        Examined += count;
        if (before / Options.PageSize != Examined / Options.PageSize)
        {
            // More to look at may turn up on the way; a bar does not go back.
            _fraction = Math.Max(_fraction, Math.Min(1, (Examined - _examinedBefore) / (double)Math.Max(1, _total)));
            _report(_fraction);
        }
    }
}
