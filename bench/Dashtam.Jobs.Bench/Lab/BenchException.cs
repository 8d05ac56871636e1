namespace Dashtam.Jobs.Bench.Lab;

/// <summary>A run that did not come to its end; the message says why.</summary>
internal sealed class BenchException(string message) : Exception(message);

/// <summary>The peer has no equal of what was asked.</summary>
internal sealed class NotSupportedByPeerException(string message) : Exception(message);
