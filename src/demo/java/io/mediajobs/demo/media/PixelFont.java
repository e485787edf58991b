package io.mediajobs.demo.media;

import java.awt.image.BufferedImage;
import java.util.Locale;

/**
 * A font of five by seven pixels, drawn pixel by pixel: a Java without AWT fonts, as in many containers, cannot draw text.
 */
final class PixelFont {

    private static final int WIDTH = 5;
    private static final int HEIGHT = 7;
    private static final String CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-_ .";
    /** A glyph is 35 bits, row by row, the first pixel in the highest bit. */
    private static final long[] GLYPHS = {
            0x3A33AE62EL, 0x11842108EL, 0x3A213221FL, 0x78217043EL, 0x08CA97C42L, 0x7E1E0862EL,
            0x1910F462EL, 0x7C2222108L, 0x3A317462EL, 0x3A317844CL, 0x3A31FC631L, 0x7A31F463EL,
            0x3A308422EL, 0x7A318C63EL, 0x7E10F421FL, 0x7E10F4210L, 0x3A30BC62FL, 0x4631FC631L,
            0x38842108EL, 0x1C4210A4CL, 0x4654C5251L, 0x42108421FL, 0x4775AC631L, 0x47359C631L,
            0x3A318C62EL, 0x7A31F4210L, 0x3A318D64DL, 0x7A31F5251L, 0x3E107043EL, 0x7C8421084L,
            0x46318C62EL, 0x46318C544L, 0x4631AD771L, 0x462A22A31L, 0x462A21084L, 0x7C222221FL,
            0x0000F8000L, 0x00000001FL, 0x000000000L, 0x00000018CL};

    private PixelFont() {
    }

    /** Width of the text in pixels. */
    static int width(String text, int scale) {
        return text.length() * (WIDTH + 1) * scale;
    }

    /** Draws the text with its upper left corner at x, y; what is outside the picture is left out. Unknown letters are dots. */
    static void draw(BufferedImage picture, String text, int x, int y, int scale, int rgb) {
        String letters = text.toUpperCase(Locale.ROOT);
        for (int i = 0; i < letters.length(); i++) {
            int known = CHARACTERS.indexOf(letters.charAt(i));
            long glyph = GLYPHS[known >= 0 ? known : CHARACTERS.indexOf('.')];
            for (int bit = 0; bit < WIDTH * HEIGHT; bit++) {
                if ((glyph >>> (WIDTH * HEIGHT - 1 - bit) & 1) == 1) {
                    fill(picture, x + (i * (WIDTH + 1) + bit % WIDTH) * scale, y + bit / WIDTH * scale, scale, rgb);
                }
            }
        }
    }

    private static void fill(BufferedImage picture, int x, int y, int side, int rgb) {
        for (int row = Math.max(0, y); row < Math.min(picture.getHeight(), y + side); row++) {
            for (int column = Math.max(0, x); column < Math.min(picture.getWidth(), x + side); column++) {
                picture.setRGB(column, row, rgb);
            }
        }
    }
}
