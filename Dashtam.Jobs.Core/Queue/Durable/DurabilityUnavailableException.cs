namespace Dashtam.Jobs.Core.Queue.Durable;

/// <summary>This Redis cannot promise what was asked; nothing was written.</summary>
internal sealed class DurabilityUnavailableException(Durability durability, string reason)
    : JobsException($"{durability} is not available: {reason}");
