using Dashtam.Jobs.Core.PythonSchedules;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Queue.Acl;

/// <summary>The key patterns of one queue, without the <c>~</c>.</summary>
internal sealed class AclKeys(QueueOptions options)
{
    private readonly QueueKeys _keys = new(Options.Create(options));

    /// <summary>The ready list.</summary>
    public string Ready => AclPattern.Of(options.Name);

    /// <summary>Every key of the queue but the ready list.</summary>
    public string All => Own("*");

    /// <summary>The channel that wakes waiting workers.</summary>
    public string Wake => AclPattern.Of(_keys.WakeChannel);

    /// <summary>Every result at its prefixed key.</summary>
    public string Results => AclPattern.Of((string)_keys.Result("")!) + "*";

    /// <summary>
    /// The ids that TaskIQ makes, which are keys of results and, with <see cref="QueueKeys.ProgressSuffix"/>, of progress; none
    /// where nothing is written there. Ids of a producer's own making no pattern can tell from other keys.
    /// </summary>
    public IReadOnlyList<string> BareResults
    {
        get
        {
            static string hex(int digits) => string.Concat(Enumerable.Repeat("[0-9a-f]", digits));
            string[] ids = [hex(32), string.Join('-', hex(8), hex(4), hex(4), hex(4), hex(12))];
            return options.AtBareKey == TaskiqResults.None ? [] : [.. ids, .. ids.Select(id => id + QueueKeys.ProgressSuffix)];
        }
    }

    /// <summary>Whether the schedules of Python producers are looked for.</summary>
    public bool HasPythonSchedules => new ScheduleSource(Options.Create(options)).IsOn;

    /// <summary>Every key of those schedules; none when they are switched off.</summary>
    public string[] PythonSchedules =>
        HasPythonSchedules ? [AclPattern.Of(new ScheduleSource(Options.Create(options)).Prefix) + "*"] : [];

    /// <summary>
    /// The pattern of channels at which the server may tell of them. A user may subscribe to a pattern only as it is written, so where
    /// a line cannot hold the name, the entries are found without.
    /// </summary>
    public string[] PythonEvents =>
        HasPythonSchedules && new ScheduleSource(Options.Create(options)).EventsPattern is var pattern
            && !pattern.Any(letter => char.IsWhiteSpace(letter) || letter is '"' or '\'' or '(' or ')')
                ? [pattern]
                : [];

    /// <summary>Keys of the queue by what stands behind its tag; <c>*</c> at the end means all that begin so.</summary>
    public string Own(string name)
    {
        var plain = name.TrimEnd('*');
        return AclPattern.Of("{" + options.Name + "}:" + plain) + name[plain.Length..];
    }

    /// <summary>The queue's keys of one type, as <see cref="KeyRule"/> knows them: a new key is among them by its rule.</summary>
    /// <param name="type">Their type.</param>
    /// <param name="belongs">Says of a name, without the queue's tag, whether it is wanted.</param>
    public IReadOnlyList<string> OfType(RedisType type, Predicate<string> belongs) =>
    [
        .. KeyRule.Fixed.Select(pair => (Name: pair.Key, pair.Value.Type))
            .Concat(KeyRule.ByPrefix.Select(pair => (Name: pair.Key + "*", pair.Value.Type)))
            .Where(key => key.Type == type && belongs(key.Name))
            .Select(key => Own(key.Name))
            .Order(StringComparer.Ordinal),
    ];
}
