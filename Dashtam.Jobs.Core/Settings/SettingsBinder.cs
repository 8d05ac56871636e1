using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Dashtam.Jobs.Core.Settings;

/// <summary>Reads options from environment variables, and says of a bad one its name, its value and what is allowed.</summary>
public static class SettingsBinder
{
    /// <summary>
    /// Registers <typeparamref name="TOptions"/>: each property with a <see cref="SettingAttribute"/> from its variable, data
    /// annotations checked before the host starts. An empty variable counts as not set, unless the setting says otherwise.
    /// </summary>
    public static OptionsBuilder<TOptions> AddSettings<TOptions>(this IServiceCollection services)
        where TOptions : class =>
        services.AddOptions<TOptions>()
            .Configure<IConfiguration>(Bind)
            .ValidateDataAnnotations()
            .ValidateOnStart();

    /// <summary>Registers every class with a <see cref="SettingAttribute"/> below a namespace: none is listed anywhere.</summary>
    /// <param name="services">Where to.</param>
    /// <param name="root">The namespace, in this assembly.</param>
    internal static IServiceCollection AddSettingsBelow(this IServiceCollection services, string root)
    {
        var add = typeof(SettingsBinder).GetMethod(nameof(AddSettings))!; // this class has one method of this name
        foreach (var type in typeof(SettingsBinder).Assembly.GetTypes().Where(type => IsBelow(type, root) && HasSettings(type)))
        {
            add.MakeGenericMethod(type).Invoke(null, [services]);
        }

        return services;
    }

    /// <summary>Fills the properties of one options object.</summary>
    /// <exception cref="OptionsValidationException">A value is not of the property's type.</exception>
    public static void Bind<TOptions>(TOptions options, IConfiguration configuration)
        where TOptions : class
    {
        var failures = new List<string>();
        foreach (var property in typeof(TOptions).GetProperties())
        {
            if (property.GetCustomAttribute<SettingAttribute>() is not { } setting
                || Text(setting, configuration, failures) is not { } text || (text.Length == 0 && !setting.EmptyIsValue))
            {
                continue;
            }

            // Annotations are checked here as well: the framework's own message does not say the value.
            if (TryConvert(text, property.PropertyType, out var value)
                && property.GetCustomAttributes<ValidationAttribute>().All(rule => rule.IsValid(value)))
            {
                property.SetValue(options, value);
            }
            else
            {
                failures.Add($"{setting.Name}: '{Shown(text, property, setting)}' is not allowed; "
                    + $"allowed is {Allowed(property, setting)}.");
            }
        }

        if (failures.Count > 0)
        {
            throw new OptionsValidationException(Options.DefaultName, typeof(TOptions), failures);
        }
    }

    /// <summary>What a property accepts, in words.</summary>
    public static string Allowed(PropertyInfo property, SettingAttribute setting)
    {
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        var kind = setting.Allowed ?? (type.IsEnum ? string.Join(", ", Enum.GetNames(type)).ToUpperInvariant()
            : type == typeof(bool) ? "true or false"
            : type == typeof(string) ? "text"
            : type == typeof(double) ? "a number"
            : type == typeof(Uri) ? "an absolute URL"
            : "a whole number");
        return property.GetCustomAttribute<RangeAttribute>() is { } range
            ? string.Create(CultureInfo.InvariantCulture, $"{kind} from {range.Minimum} to {range.Maximum}")
            : kind;
    }

    private static bool IsBelow(Type type, string root) =>
        type.Namespace == root || type.Namespace?.StartsWith(root + ".", StringComparison.Ordinal) == true;

    private static bool HasSettings(Type type) =>
        Array.Exists(type.GetProperties(), property => property.IsDefined(typeof(SettingAttribute)));

    private static string? Text(SettingAttribute setting, IConfiguration configuration, List<string> failures)
    {
        if (!setting.Secret)
        {
            var text = configuration[setting.Name];
            return text is not null && ServiceLink.Is(setting.Name, text) ? null : text;
        }

        try
        {
            return SecretFile.Read(setting.Name, configuration);
        }
        catch (InvalidSettingException error)
        {
            failures.Add(error.Message);
            return null;
        }
    }

    // A URL that cannot be read may hold a user and a password, wherever in it.
    private static string Shown(string text, PropertyInfo property, SettingAttribute setting) =>
        setting.Secret || property.PropertyType == typeof(Uri) ? SettingText.Masked : SettingText.Shown(text);

    private static bool TryConvert(string text, Type type, out object? value)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(Uri))
        {
            var absolute = Uri.TryCreate(text, UriKind.Absolute, out var uri);
            value = uri;
            return absolute;
        }

        value = null;
        if (!IsPlain(text, type))
        {
            return false;
        }

        if (type.IsEnum)
        {
            return Enum.TryParse(type, text, ignoreCase: true, out value);
        }

        try
        {
            value = TypeDescriptor.GetConverter(type).ConvertFromInvariantString(text);
            return true;
        }
        catch (Exception error) when (error is FormatException or ArgumentException or NotSupportedException)
        {
            return false;
        }
    }

    /// <summary>
    /// The framework's parsers take more than anybody means: blanks, hexadecimal numbers, exponents, several names of an enum
    /// at once (their bits are added up), numbers instead of names.
    /// </summary>
    private static bool IsPlain(string text, Type type)
    {
        if (type.IsEnum)
        {
            return Enum.GetNames(type).Contains(text, StringComparer.OrdinalIgnoreCase);
        }

        if (type == typeof(bool))
        {
            return text.Equals(bool.TrueString, StringComparison.OrdinalIgnoreCase)
                || text.Equals(bool.FalseString, StringComparison.OrdinalIgnoreCase);
        }

        return type == typeof(string) || PlainNumber.Is(text, mayHaveFraction: type == typeof(double));
    }
}
