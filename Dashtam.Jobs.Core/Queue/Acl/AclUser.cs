namespace Dashtam.Jobs.Core.Queue.Acl;

/// <summary>Commands that a user may run, and the only keys on which it may run them.</summary>
/// <param name="Commands">As in Redis' rules, apart by blanks: <c>+lpush +llen</c>.</param>
/// <param name="Keys">Patterns of keys; none: the commands touch no key.</param>
internal sealed record AclGrant(string Commands, params IReadOnlyList<string> Keys)
{
    /// <summary>The keys may be read only.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>A process goes on without it, and lacks one small thing.</summary>
    public bool IsOptional { get; init; }

    /// <summary>The channels that the commands may publish to and subscribe.</summary>
    public IReadOnlyList<string> Channels { get; init; } = [];

    /// <summary>The same commands on further keys and channels.</summary>
    public AclGrant And(AclGrant other) => this with
    {
        Keys = [.. Keys.Union(other.Keys, StringComparer.Ordinal)],
        Channels = [.. Channels.Union(other.Channels, StringComparer.Ordinal)],
    };

    public override string ToString() => string.Join(
        ' ', Keys.Select(key => (ReadOnly ? "%R~" : "~") + key).Concat(Channels.Select(channel => $"&{channel}")).Append(Commands));
}

/// <summary>A user of Redis 7 or later.</summary>
/// <param name="Name">What is behind <c>dashtam-</c>, also in the password's placeholder.</param>
/// <param name="Base">What needs no key of its own, and the right to call scripts: on which keys, the other grants say.</param>
/// <param name="Grants">One selector each: a command must be allowed together with its keys by one of them.</param>
internal sealed record AclUser(string Name, AclGrant Base, params IReadOnlyList<AclGrant> Grants)
{
    /// <summary>The same user with the same rights on the keys of one more queue.</summary>
    /// <param name="onOther">This user on the other queue.</param>
    public AclUser And(AclUser onOther) => new(
        Name, Base.And(onOther.Base), [.. Grants.Zip(onOther.Grants, (one, other) => one.And(other))]);

    /// <summary>The rules, as they stand behind <c>user</c> in an ACL file and behind <c>ACL SETUSER</c>.</summary>
    public override string ToString()
    {
        var selectors = Grants.Where(grant => grant.Keys.Count > 0).Select(grant => $" ({grant})");
        return $"dashtam-{Name} reset on >change-me-{Name} resetchannels {Base}{string.Concat(selectors)}";
    }
}
