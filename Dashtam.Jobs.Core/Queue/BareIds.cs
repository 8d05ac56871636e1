using System.Buffers;
using System.Text;

namespace Dashtam.Jobs.Core.Queue;

/// <summary>How a task id looks, as the users of Redis may tell one from another key.</summary>
internal enum BareIdForm
{
    /// <summary>32 lower-case hex digits, as TaskIQ makes them.</summary>
    Hex,

    /// <summary>A UUID in lower case with its dashes.</summary>
    Dashed,

    /// <summary>Any other.</summary>
    Other,
}

/// <summary>Which task ids may be a key of Redis: their producers chose them.</summary>
internal static class BareIds
{
    private const int MostPlainBytes = 200;

    private static readonly SearchValues<char> LowerHex = SearchValues.Create("0123456789abcdef");

    /// <summary>Whether a result may stand at this key.</summary>
    public static bool May(string taskId, TaskiqResultIds allowed) => allowed switch
    {
        TaskiqResultIds.Generated => IsGenerated(taskId),
        TaskiqResultIds.Plain => IsPlain(taskId),
        _ => true,
    };

    public static BareIdForm FormOf(string taskId) =>
        !IsGenerated(taskId) || taskId.AsSpan().ContainsAnyInRange('A', 'F') ? BareIdForm.Other
            : taskId.Length == 32 ? BareIdForm.Hex
            : BareIdForm.Dashed;

    private static bool IsGenerated(string taskId) =>
        taskId.Length is 32 or 36 && Guid.TryParseExact(taskId, taskId.Length == 32 ? "N" : "D", out _);

    private static bool IsPlain(string taskId)
    {
        if (taskId.Length == 32 && !taskId.AsSpan().ContainsAnyExcept(LowerHex))
        {
            return true; // nearly always
        }

        foreach (var character in taskId)
        {
            if (character is ':' or '{' or '}' || char.IsControl(character))
            {
                return false;
            }
        }

        return Encoding.UTF8.GetByteCount(taskId) <= MostPlainBytes;
    }
}
