using System.Globalization;
using Dashtam.Jobs.Core.Queue;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.PythonSchedules;

/// <summary>The keys at which TaskIQ's two schedule sources keep their entries. Nobody else spells one.</summary>
/// <remarks>
/// An entry's <em>name</em> is its key without the prefix: <c>data:{id}</c> from the list source, <c>{id}</c> from the legacy one.
/// </remarks>
internal sealed class ScheduleSource(IOptions<QueueOptions> options)
{
    private const string Data = "data:";
    private const string Time = "time:";
    private const string KeyspaceChannel = "__keyspace@";
    private const string MinuteFormat = "yyyy-MM-ddTHH:mm";

    private readonly string _prefix = options.Value.SchedulesPrefix + ":";

    /// <summary>Whether Python's schedules are looked for at all.</summary>
    public bool IsOn => _prefix.Length > 1;

    /// <summary>What all keys begin with, the colon included.</summary>
    public string Prefix => _prefix;

    /// <summary>For <c>SCAN</c>: every key of both sources.</summary>
    public string Pattern => QueueKeys.Glob(_prefix) + "*";

    /// <summary>LIST of the ids of cron entries.</summary>
    public RedisKey Crons => _prefix + "cron";

    /// <summary>LIST of the ids of interval entries.</summary>
    public RedisKey Intervals => _prefix + "interval";

    /// <summary>LIST of the ids of entries that are due in a minute, told in UTC.</summary>
    public RedisKey Minute(DateTimeOffset time) =>
        _prefix + Time + time.UtcDateTime.ToString(MinuteFormat, CultureInfo.InvariantCulture);

    /// <summary>STRING: an entry.</summary>
    public RedisKey Entry(string name) => _prefix + name;

    /// <summary>The name of the list source's entry of an id.</summary>
    public static string Listed(string id) => Data + id;

    /// <summary>The id of an entry of the list source; null: it is the legacy source's.</summary>
    public static string? ListedId(string name) => name.StartsWith(Data, StringComparison.Ordinal) ? name[Data.Length..] : null;

    /// <summary>The name of the entry that the other source keeps under the same id; null: it cannot have one.</summary>
    public static string? Twin(string name) =>
        ListedId(name) is not { } id ? Listed(name) : IsLegacy(id) ? id : null;

    /// <summary>The name of the legacy entry that a key may be; null: it is the list source's.</summary>
    public string? Legacy(string key) =>
        key.StartsWith(_prefix, StringComparison.Ordinal) && IsLegacy(key.AsSpan(_prefix.Length)) ? key[_prefix.Length..] : null;

    /// <summary>The minute that a key is the list of; null: it is none.</summary>
    public DateTimeOffset? MinuteOf(string key) =>
        key.StartsWith(_prefix, StringComparison.Ordinal) && key.AsSpan(_prefix.Length).StartsWith(Time) && DateTimeOffset.TryParseExact(
            key.AsSpan(_prefix.Length + Time.Length), MinuteFormat, CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var minute)
            ? minute
            : null;

    /// <summary>The pattern of channels at which the server tells of changes of these keys, where it does so.</summary>
    public string EventsPattern => KeyspaceChannel + "*__:" + Pattern;

    /// <summary>The key that a notification is about; null: it is about another database.</summary>
    public static string? KeyOfEvent(string channel, int database)
    {
        var beginning = string.Create(CultureInfo.InvariantCulture, $"{KeyspaceChannel}{database}__:");
        return channel.StartsWith(beginning, StringComparison.Ordinal) ? channel[beginning.Length..] : null;
    }

    private static bool IsLegacy(ReadOnlySpan<char> name) =>
        name is not ("" or "cron" or "interval") && !name.StartsWith(Data) && !name.StartsWith(Time);
}
