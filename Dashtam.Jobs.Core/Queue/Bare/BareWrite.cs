using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Queue.Bare;

/// <summary>What goes to a bare key when its job ends.</summary>
/// <param name="Key">The task id.</param>
/// <param name="Form">How that looks.</param>
/// <param name="Json">What stands at the other key.</param>
/// <param name="Pickle">What goes to this one; null: the JSON.</param>
internal sealed record BareWrite(RedisKey Key, BareIdForm Form, byte[] Json, byte[]? Pickle)
{
    /// <summary>Whether the script that settles the job writes it; else one of its own does, after it.</summary>
    public bool Together { get; init; }

    /// <summary>The name that what is written begins with, and so must what stands there.</summary>
    public string First { get; init; } = "is_err";

    /// <summary>What a script that has the JSON is sent: nothing for the same.</summary>
    public byte[] Argument => Pickle ?? [];

    /// <summary>What is written.</summary>
    public byte[] Bytes => Pickle ?? Json;
}
