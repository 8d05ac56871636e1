using System.Globalization;
using System.Text;

namespace Dashtam.Jobs.Core.Wire;

/// <summary>How long a task id may be: each becomes the name of keys, and stands in log lines and errors.</summary>
internal static class TaskIdLimit
{
    /// <summary>Bytes of UTF-8 at most.</summary>
    public const int Bytes = 1_024;

    // No character of UTF-16 takes more.
    private const int MostBytesEach = 3;

    /// <summary>What is wrong with a longer one, without the id.</summary>
    public static string Problem { get; } = string.Create(
        CultureInfo.InvariantCulture, $"task_id is longer than {Bytes} bytes of UTF-8");

    /// <summary>Whether an id is too long.</summary>
    public static bool IsExceededBy(string taskId) =>
        taskId.Length > Bytes / MostBytesEach && Encoding.UTF8.GetByteCount(taskId) > Bytes;

    /// <summary>Refuses an id that is too long before anything is sent.</summary>
    /// <exception cref="ArgumentException">It is too long.</exception>
    public static void ThrowIfExceededBy(string taskId, string argument)
    {
        if (IsExceededBy(taskId))
        {
            throw new ArgumentException($"{Problem}.", argument);
        }
    }
}
