using System.Buffers.Binary;

namespace Dashtam.Jobs.Core.Wire.Pickles;

/// <summary>Does what the opcodes say, as Python's machine would: a stack, its marks, and the memo.</summary>
/// <remarks>
/// Values stay where they are, in the pickle; a node only points there. So a text that is taken from the memo a thousand times
/// is there once.
/// </remarks>
internal ref struct PickleStack
{
    private readonly ReadOnlySpan<byte> _pickle;
    private readonly PickleNode[] _nodes;
    private readonly int[] _memo;
    private readonly Span<int> _marks;
    private int _count;
    private int _kept;
    private int _marked;
    private int _top = PickleNode.Nil;

    /// <param name="pickle">The bytes.</param>
    /// <param name="values">How many opcodes put a value onto the stack.</param>
    /// <param name="kept">How many opcodes keep one in the memo.</param>
    /// <param name="marks">Room for the marks that may be set at once.</param>
    public PickleStack(ReadOnlySpan<byte> pickle, int values, int kept, Span<int> marks)
    {
        _pickle = pickle;
        _marks = marks;
        _nodes = values == 0 ? [] : GC.AllocateUninitializedArray<PickleNode>(values);
        _memo = kept == 0 ? [] : GC.AllocateUninitializedArray<int>(kept);
        _memo.AsSpan().Fill(PickleNode.Nil);
    }

    public readonly ReadOnlySpan<PickleNode> Nodes => _nodes.AsSpan(0, _count);

    /// <summary>The one value that is left at the end.</summary>
    public readonly int Root(int at) => _marked == 0 && _top >= 0 && _nodes[_top].Next == PickleNode.Nil
        ? _top
        : throw new PickleException($"STOP at byte {at} does not leave one value");

    public void Do(PickleToken token)
    {
        switch (token.Opcode)
        {
            case PickleOpcode.Mark:
                Mark(token.At);
                break;
            case PickleOpcode.Append or PickleOpcode.Appends:
                Add(token, PickleOpcode.EmptyList, single: token.Opcode == PickleOpcode.Append ? 1 : 0);
                break;
            case PickleOpcode.SetItem or PickleOpcode.SetItems:
                Add(token, PickleOpcode.EmptyDict, single: token.Opcode == PickleOpcode.SetItem ? 2 : 0);
                break;
            case PickleOpcode.Memoize or PickleOpcode.Put or PickleOpcode.LongPut:
                Keep(token);
                break;
            case PickleOpcode.Get or PickleOpcode.LongGet:
                Push(Kept(token));
                break;
            default:
                Push(PickleNode.Value(token.At));
                break;
        }
    }

    private void Push(PickleNode node)
    {
        node.Next = _top;
        _nodes[_count] = node;
        _top = _count++;
    }

    private void Mark(int at)
    {
        if (_marked == _marks.Length)
        {
            throw new PickleException($"MARK at byte {at} is nested deeper than {_marks.Length} levels");
        }

        _marks[_marked++] = _top;
    }

    /// <summary>What the stack may not be taken down to: values below the last mark.</summary>
    private readonly int Floor => _marked == 0 ? PickleNode.Nil : _marks[_marked - 1];

    /// <summary>Moves values from the stack into the list or dict that lies below them.</summary>
    private void Add(PickleToken token, byte kind, int single)
    {
        var (first, count) = single > 0 ? Take(single, Floor, token.At) : Take(int.MaxValue, PopMark(token.At), token.At);
        if (_top == Floor)
        {
            throw Misplaced(token.At);
        }

        var container = _nodes[_top].IsReference ? _nodes[_top].Target : _top;
        if (_pickle[_nodes[container].At] != kind || (kind == PickleOpcode.EmptyDict && count % 2 != 0))
        {
            throw Misplaced(token.At);
        }

        for (var place = 0; first != PickleNode.Nil; place++)
        {
            if (kind == PickleOpcode.EmptyDict && place % 2 == 0 && !IsText(first))
            {
                throw new PickleException($"the dict that is filled at byte {token.At} has a key that is no text");
            }

            var next = _nodes[first].Next;
            Link(container, first);
            first = next;
        }
    }

    /// <summary>Takes values off the stack, and turns them round: the first of them is what was put there first.</summary>
    private (int First, int Count) Take(int most, int floor, int at)
    {
        var first = PickleNode.Nil;
        var count = 0;
        for (; count < most && _top != floor; count++)
        {
            var taken = _top;
            _top = _nodes[taken].Next;
            _nodes[taken].Next = first;
            first = taken;
        }

        return most == int.MaxValue || count == most ? (first, count) : throw Misplaced(at);
    }

    private int PopMark(int at) => _marked > 0 ? _marks[--_marked] : throw Misplaced(at);

    private readonly void Link(int container, int item)
    {
        var last = _nodes[container].Last;
        _nodes[item].Next = last == PickleNode.Nil ? item : _nodes[last].Next;
        if (last != PickleNode.Nil)
        {
            _nodes[last].Next = item;
        }

        _nodes[container].Last = item;
    }

    private readonly bool IsText(int node) => !_nodes[node].IsReference && PickleOpcode.IsText(_pickle[_nodes[node].At]);

    private void Keep(PickleToken token)
    {
        var place = token.Opcode == PickleOpcode.Memoize ? (uint)_kept : Place(token);
        if (_top == Floor || place >= _memo.Length)
        {
            throw Misplaced(token.At);
        }

        _kept++;
        _memo[place] = _top;
    }

    private readonly PickleNode Kept(PickleToken token)
    {
        var place = Place(token);
        if (place >= _memo.Length || _memo[place] == PickleNode.Nil)
        {
            throw new PickleException($"opcode at byte {token.At} takes from the memo what is not there");
        }

        var node = _nodes[_memo[place]];
        return node.IsReference || !PickleOpcode.IsContainer(_pickle[node.At])
            ? node with { Next = PickleNode.Nil, Last = PickleNode.Nil }
            : PickleNode.ReferenceTo(_memo[place]);
    }

    private readonly uint Place(PickleToken token) => token.Length == 1
        ? _pickle[token.Start]
        : BinaryPrimitives.ReadUInt32LittleEndian(_pickle[token.Start..]);

    private readonly PickleException Misplaced(int at) =>
        new($"opcode {PickleOpcode.Describe(_pickle[at])} at byte {at} does not fit what is on the stack");
}
