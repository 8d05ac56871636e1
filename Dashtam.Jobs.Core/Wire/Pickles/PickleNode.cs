namespace Dashtam.Jobs.Core.Wire.Pickles;

/// <summary>One value of a pickle: where it stands, and what it is linked with. Twelve bytes, since a value may be one byte.</summary>
internal struct PickleNode
{
    /// <summary>There is none.</summary>
    public const int Nil = -1;

    /// <summary>Where the opcode of the value stands; below zero: the value is another node's list or dict.</summary>
    public int At;

    /// <summary>On the stack: the node below. Within a list or dict: the next one, and of the last one the first.</summary>
    public int Next;

    /// <summary>The last item of a list, the last value of a dict; <see cref="Nil"/> while it is empty.</summary>
    public int Last;

    /// <summary>The list or dict that this node stands for.</summary>
    public readonly int Target => ~At;

    public readonly bool IsReference => At < 0;

    public static PickleNode Value(int at) => new() { At = at, Next = Nil, Last = Nil };

    public static PickleNode ReferenceTo(int container) => new() { At = ~container, Next = Nil, Last = Nil };
}
