namespace Dashtam.Jobs.Core.Wire;

/// <summary>How TaskIQ calls the fields of its message.</summary>
internal static class EnvelopeFields
{
    public const string TaskId = "task_id";
    public const string TaskName = "task_name";
    public const string Labels = "labels";
    public const string LabelsTypes = "labels_types";
    public const string Args = "args";
    public const string Kwargs = "kwargs";

    /// <summary>How many they are.</summary>
    public const int Count = 6;

    public static bool IsKnown(string name) => name is TaskId or TaskName or Labels or LabelsTypes or Args or Kwargs;
}
