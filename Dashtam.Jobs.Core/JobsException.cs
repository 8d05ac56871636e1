namespace Dashtam.Jobs.Core;

/// <summary>What every error of this service derives from: its message says what happened, to what, and what to do now.</summary>
public abstract class JobsException(string message, Exception? inner = null) : Exception(message, inner);
