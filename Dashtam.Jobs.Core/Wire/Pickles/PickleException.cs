namespace Dashtam.Jobs.Core.Wire.Pickles;

/// <summary>A pickle that is not read: the message names the opcode and its position, never content.</summary>
internal sealed class PickleException(string message) : FormatException(message);
