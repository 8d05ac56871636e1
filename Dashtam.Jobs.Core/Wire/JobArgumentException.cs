namespace Dashtam.Jobs.Core.Wire;

/// <summary>Arguments do not fit the job: a <c>TypeError</c> on the wire. Trying again cannot help.</summary>
public sealed class JobArgumentException(string message, Exception? inner = null) : JobsException(message, inner);
