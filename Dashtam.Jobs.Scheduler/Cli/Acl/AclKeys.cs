using Dashtam.Jobs.Core.PythonSchedules;
using Dashtam.Jobs.Core.Queue;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Dashtam.Jobs.Scheduler.Cli.Acl;

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

    /// <summary>Every result; with <c>JOB_RESULT_BARE_KEY</c> producers name these keys, so that it is every key.</summary>
    public string Results =>
        options.BareKey == BareResultKey.None ? AclPattern.Of((string)_keys.Result("")!) + "*" : "*";

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
