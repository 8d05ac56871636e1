// Exceptions outside the project's namespaces, to see which module a result gives them.
#pragma warning disable IDE0130, CA1050, MA0047, CA1711, CS8981 // Namespace on purpose unlike the folder.
#pragma warning disable IDE0161, CA1707, IDE1006

internal sealed class NowhereException(string message) : Exception(message);

namespace json
{
    internal sealed class DecodeException(string message) : Exception(message);
}
