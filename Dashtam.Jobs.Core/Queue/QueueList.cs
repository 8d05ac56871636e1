using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Dashtam.Jobs.Core.Queue;

/// <summary>A queue that a worker serves.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Weight">Its share of the worker beside the other queues' weights; null: the queues are served in strict order.</param>
internal sealed record ServedQueue(string Name, int? Weight);

/// <summary>Reads <c>WORKER_QUEUES</c>.</summary>
internal static class QueueList
{
    /// <summary>What is allowed, in words.</summary>
    public const string Rule =
        "queues apart by commas, the most important one first (critical,dashtam:jobs), or each with its weight from 1 to 1000 (critical=5,dashtam:jobs=1)";

    private const int Heaviest = 1_000;

    /// <summary>The queues in the order in which they stand; false when none may be called so, one stands twice, or only some have a weight.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out IReadOnlyList<ServedQueue>? queues)
    {
        queues = null;
        var read = new List<ServedQueue>();
        foreach (var entry in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (Read(entry) is not { } queue || read.Exists(other => other.Name == queue.Name))
            {
                return false;
            }

            read.Add(queue);
        }

        if (read.Exists(queue => queue.Weight is null) && read.Exists(queue => queue.Weight is not null))
        {
            return false;
        }

        queues = read;
        return true;
    }

    // What stands behind the last '=' is a weight, and nothing else may be: a name cannot end in "=5" here.
    private static ServedQueue? Read(string entry)
    {
        var equals = entry.LastIndexOf('=');
        var name = equals < 0 ? entry : entry[..equals].TrimEnd();
        if (!QueueName.IsAllowed(name))
        {
            return null;
        }

        return equals < 0 ? new ServedQueue(name, Weight: null)
            : int.TryParse(entry.AsSpan(equals + 1).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var weight)
                && weight is >= 1 and <= Heaviest
                ? new ServedQueue(name, weight)
                : null;
    }
}

/// <summary>Allows what <see cref="QueueList"/> can read.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class QueueListAttribute : ValidationAttribute
{
    /// <inheritdoc/>
    public override bool IsValid(object? value) => value is null or "" || (value is string text && QueueList.TryParse(text, out _));

    /// <inheritdoc/>
    public override string FormatErrorMessage(string name) => $"{name} allows {QueueList.Rule}.";
}
